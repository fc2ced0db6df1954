//! A traffic light: the machine of `traffic_light.flow`, compiled and checked in.

#![forbid(unsafe_code)]

pub mod flows;
