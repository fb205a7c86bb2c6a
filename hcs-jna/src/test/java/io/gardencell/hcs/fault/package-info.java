/**
 * Faults in any host: {@link FaultyHost} wraps one and fails, delays, hangs or half-completes the
 * calls that a {@link Fault} names. For tests of every module (test-jar); knows the host ports
 * only.
 */
@NullMarked
package io.gardencell.hcs.fault;

import org.jspecify.annotations.NullMarked;
