//! A model that plays other replications than it is asked for: luck of its own.

use std::ops::Range;

use engine::{AnyModel, Luck, MeasureInfo, PathPlan, Records, Story, Streams, Summary};

/// A model whose replications are counted from a later one on.
pub(crate) struct Later {
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

    fn play_range(&self, luck: Luck, replications: Range<u64>, records: Records) -> Summary {
        let Range { start, end } = replications;
        self.model.play_range(luck, start + self.by..end + self.by, records)
    }
}
