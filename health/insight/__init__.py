"""What the frames say: headlines, frames behind charts, and card titles computed from those frames. Frames in, frames and words out."""
