//! Wrong uses of generated code do not compile, and the messages say what to do. With `TRYBUILD=overwrite` the messages
//! are rewritten, and the difference is the review.

#[test]
fn wrong_uses_do_not_compile() {
    trybuild::TestCases::new().compile_fail("cases/*.rs");
}
