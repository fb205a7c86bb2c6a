/**
 * Benchmarks: programs run by hand or by an acceptance script, never by the tests. They print their
 * figures beside what these are to be compared with.
 */
@NullMarked
package io.gardencell.acceptance.bench;

import org.jspecify.annotations.NullMarked;
