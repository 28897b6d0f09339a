//! Who can escalate to administrator, and by which path.
//!
//! *Nodes* are users and roles, each in the [modes](mode) in which it can make calls. Whoever is an administrator is where the search
//! begins; it goes backward over the [ways](methods): writes into IAM, steps to another identity, roles that are passed to new
//! resources, and, by themselves, resources that exist. What is unread counts once as no and once as yes: where the two evaluations
//! differ, the answer is unknown.
//!
//! This knows no AWS SDK and asks nothing: whoever uses it hands in the [listings](estate::Listings) and, of the
//! [suspects](verdict::suspects), their [credentials].

pub mod credentials;
mod edges;
pub mod estate;
pub mod index;
mod making;
pub mod methods;
pub mod mode;
mod node;
mod pair;
pub mod path;
pub mod resource;
mod run;
mod search;
mod services;
#[cfg(test)]
mod tests;
mod trust;
pub mod verdict;
mod words;
mod writes;
