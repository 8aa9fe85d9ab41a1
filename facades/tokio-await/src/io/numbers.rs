//! Numbers in a stream: which methods there are, for reading and for writing.

/// The methods that read numbers.
macro_rules! read_numbers {
    ($( $be:ident $le:ident $type:ty; )*) => { $(
        #[doc = concat!("Reads a number of type `", stringify!($type), "`, the highest byte first.")]
        ///
        /// # Errors
        ///
        /// `UnexpectedEof` if the stream ends before.
        ///
        /// # Dropping
        ///
        /// Loses what was read of it.
        fn $be(&mut self) -> impl Future<Output = io::Result<$type>> + '_
        where
            Self: Unpin,
        {
            async move {
                let mut bytes = [0; size_of::<$type>()];
                self.read_exact(&mut bytes).await?;
                Ok(<$type>::from_be_bytes(bytes))
            }
        }

        #[doc = concat!("Reads a number of type `", stringify!($type), "`, the lowest byte first.")]
        ///
        /// # Errors
        ///
        /// `UnexpectedEof` if the stream ends before.
        ///
        /// # Dropping
        ///
        /// Loses what was read of it.
        fn $le(&mut self) -> impl Future<Output = io::Result<$type>> + '_
        where
            Self: Unpin,
        {
            async move {
                let mut bytes = [0; size_of::<$type>()];
                self.read_exact(&mut bytes).await?;
                Ok(<$type>::from_le_bytes(bytes))
            }
        }
    )* };
}

/// The methods that write numbers.
macro_rules! write_numbers {
    ($( $be:ident $le:ident $type:ty; )*) => { $(
        #[doc = concat!("Writes a number of type `", stringify!($type), "`, the highest byte first.")]
        ///
        /// # Errors
        ///
        /// As [`write_all`](AsyncWriteExt::write_all).
        ///
        /// # Dropping
        ///
        /// Part of it may have been written.
        fn $be(&mut self, n: $type) -> impl Future<Output = io::Result<()>> + '_
        where
            Self: Unpin,
        {
            async move { self.write_all(&n.to_be_bytes()).await }
        }

        #[doc = concat!("Writes a number of type `", stringify!($type), "`, the lowest byte first.")]
        ///
        /// # Errors
        ///
        /// As [`write_all`](AsyncWriteExt::write_all).
        ///
        /// # Dropping
        ///
        /// Part of it may have been written.
        fn $le(&mut self, n: $type) -> impl Future<Output = io::Result<()>> + '_
        where
            Self: Unpin,
        {
            async move { self.write_all(&n.to_le_bytes()).await }
        }
    )* };
}

pub(super) use {read_numbers, write_numbers};
