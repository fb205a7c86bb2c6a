/**
 * Replays recorded runs of the reference ("golden vectors"): reads a vector, lays out what it
 * needs, runs its commands, and compares what came out and what the host was asked. Start at {@link
 * GoldenReplay}; delivered in the test-jar for the plugins' tests.
 */
@NullMarked
package io.gardencell.hcs.golden;

import org.jspecify.annotations.NullMarked;
