// R: what happens while running; S: what is kept between runs; F: what makes a comparison less than fair.
#include "framework/config/catalog.h"

namespace shoal::config {
namespace {

constexpr Explanation kRuns[] = {
    {"R601", "a node failed",
     "The component refused its input or could not go on; the message is its own, with node, component and version. "
     "Nodes "
     "that need it are left out, all others run, and the exit code is 2.",
     "", ""},
    {"R602", "a node took longer than its timeout",
     "`timeout:` of the node, `run: {timeout: …}` or --timeout. A clusterer in a process of its own was ended. Any "
     "other "
     "component is asked to stop and does so where it next looks, after a batch or an iteration; no thread is killed, "
     "so "
     "one that never looks goes on to its end, which the log says, and its result is not used. What was kept of its "
     "checkpoints is gone on from in the next run.",
     "", ""},
};

constexpr Explanation kStore[] = {
    {"S701", "a kept result is damaged",
     "What is read from the store is checked against its SHA-256. This file was not what was written: it is put aside "
     "in the "
     "store's q/, and the result is computed again. If it happens often, the disk is to be doubted.",
     "", ""},
    {"S703", "another process is computing it",
     "Two programs need one result; the other was first. This one does what else there is, and waits. If the other "
     "ends, "
     "however it ends, its lock is gone.",
     "", ""},
    {"S704", "a disk without locks",
     "Nothing is at risk, but several processes may compute the same result, each for itself.", "", ""},
    {"S705", "nothing can be kept",
     "The disk of the store is full, or its folder cannot be written to. The run goes on; its results are in its own "
     "folder. "
     "`shoal store prune` makes room; SHOAL_STORE names another place.",
     "", ""},
    {"S706", "a store of another format",
     "It was written by another version of Shoal. Name another folder by SHOAL_STORE, or remove this one: it holds "
     "nothing that "
     "cannot be computed again.",
     "", ""},
    {"S707", "what is kept cannot be read now",
     "It is there, but the system does not let it be read: too many open files (ulimit -n), no permission. It is not "
     "held for damaged and stays where it is; its node is computed again for this run.",
     "", ""},
};

constexpr Explanation kComparisons[] = {
    {"F801", "rows ran on different machines", "Times of two machines are no comparison; other metrics are unharmed.",
     "", ""},
    {"F802", "different threads or devices",
     "Times of another number of threads or another device are no comparison of methods. Run all with one --threads "
     "and "
     "one --device.",
     "", ""},
    {"F803", "not the baseline's seeds",
     "Differences are paired by seed. Seeds that only one side has are left out of them, though not out of its own "
     "mean.",
     "", ""},
    {"F804", "fitted to different data",
     "Under one seed the two clusterers were given different bytes (by SHA-256), so a difference may be that of the "
     "data.",
     "", ""},
    {"F805", "a debug or sanitizer build ran", "Its times are not those of a release build.", "", ""},
    {"F806", "stopping rules differ",
     "One stops earlier than the other by max_iter, tol or their like: the faster may only be the less thorough.", "",
     ""},
    {"F807", "too few pairs for a verdict",
     "With n pairs the sign-flip test cannot give a p below 2 / 2^n: three seeds can show 0.25 at best, six 0.031. "
     "More "
     "seeds (--seeds 6) can settle it.",
     "", ""},
    {"F808", "a time of an earlier row or run",
     "The row's result was computed, and timed, by another row that had the same to do, or in an earlier session, "
     "maybe on "
     "another machine, and was taken from the store. `shoal run --bench` times it now.",
     "", ""},
    {"F809", "starts differ",
     "Some start from given centroids and some choose their own: part of the difference is the start. --same-start, or "
     "a "
     "node that gives `init` to all, makes them equal.",
     "", ""},
    {"F810", "fewer clusters than asked for",
     "Some clusters came out empty or were merged; inertia and its like favour whoever has more clusters.", "", ""},
    {"F811", "times of single cold fits",
     "Each fit was timed once, one row after the other. `shoal run --bench` warms up, repeats and interleaves them.",
     "", ""},
    {"F812", "not finite", "A metric has no finite value for some seeds; what is shown is that of the others.", "", ""},
    {"F813", "different versions of Shoal", "Rows ran with different programs, which may compute differently.", "", ""},
    {"F814", "not fitted in the same place",
     "Some were fitted within the program, others in a process of their own that starts cold each time: times differ "
     "by that "
     "too.",
     "", ""},
    {"F815", "seeds change nothing",
     "The methods draw no random numbers there, so further seeds repeat the same pair and count once.", "", ""},
};

}  // namespace

std::span<const Explanation> explanations_of_runs() { return kRuns; }
std::span<const Explanation> explanations_of_stores() { return kStore; }
std::span<const Explanation> explanations_of_comparisons() { return kComparisons; }

}  // namespace shoal::config
