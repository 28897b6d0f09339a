mod cost;
mod properties;
mod states;
mod worlds;
