use super::{scene::Scene, words::Words};
use crate::model::Problem;
pub(super) fn words(problem: &Problem, scene: &Scene) -> Words {
    super::en::words(problem, scene)
}
