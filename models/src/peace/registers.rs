//! Which registers loops over a few numbers are compiled for.

use pulp::Arch;

/// The widest registers up to 256 bits: eight numbers side by side are turned into wider ones no
/// faster, and sometimes not at all.
pub(super) fn up_to_256_bits() -> Arch {
    #[cfg(target_arch = "x86_64")]
    if let Some(registers) = pulp::x86::V3::try_new() {
        return Arch::V3(registers);
    }
    Arch::new()
}
