//! The body of an answer, whole or cut short.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, SizeHint};

/// A body that is whole, or ends in the middle with an error.
pub(crate) struct Content {
    rest: Option<Bytes>,
    length: u64,
    cut: Option<Pin<Box<tokio::time::Sleep>>>,
}

impl Content {
    /// Half of this body if it is to be cut short.
    pub(crate) fn new(body: Vec<u8>, cut_short: bool) -> Self {
        let length = body.len() as u64;
        let mut rest = Bytes::from(body);
        let cut = cut_short.then(|| {
            rest.truncate(rest.len() / 2);
            // The first half has to leave before the connection goes.
            Box::pin(tokio::time::sleep(Duration::from_millis(20)))
        });
        Self { rest: Some(rest).filter(|rest| !rest.is_empty()), length, cut }
    }
}

impl Body for Content {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(part) = self.rest.take() {
            return Poll::Ready(Some(Ok(Frame::data(part))));
        }
        match &mut self.cut {
            None => Poll::Ready(None),
            Some(cut) => cut.as_mut().poll(context).map(|()| Some(Err(io::Error::other("cut short by a rule")))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_none() && self.cut.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}
