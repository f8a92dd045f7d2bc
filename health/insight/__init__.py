"""What the screens say: headlines, card titles and the frames behind charts. Frames in, frames and sentences out."""
