//! A model that plays other replications than it is asked for: luck of its own.

use std::ops::Range;

use engine::{AnyModel, MeasureInfo, PathPlan, Records, Seed, Story, Streams, Summary};

/// A model whose replications are counted from a later one on.
pub struct Later {
    /// The model.
    pub model: Box<dyn AnyModel>,
    /// By how many replications.
    pub by: u64,
}

impl AnyModel for Later {
    fn measure_infos(&self) -> Vec<MeasureInfo> {
        self.model.measure_infos()
    }

    fn survival_years(&self) -> usize {
        self.model.survival_years()
    }

    fn tell(&self, streams: &Streams) -> Story {
        self.model.tell(streams)
    }

    fn path_plan(&self) -> PathPlan {
        self.model.path_plan()
    }

    fn play_range(&self, seed: Seed, replications: Range<u64>, records: Records) -> Summary {
        let Range { start, end } = replications;
        self.model.play_range(seed, start + self.by..end + self.by, records)
    }
}
