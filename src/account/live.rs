//! The only code that knows the AWS SDK.
