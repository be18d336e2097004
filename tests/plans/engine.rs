//! Our SQL beside what Prisma's own engine writes.
