package io.gardencell.api.spi;

/**
 * Figures of a container.
 *
 * @param cpuTotalNanos processor time since the start, in nanoseconds
 * @param cpuUserNanos of it in user mode
 * @param cpuKernelNanos of it in kernel mode
 * @param memoryBytes commit charge in bytes, what the limit counts
 * @param processes number of processes, those of the system included
 */
public record ContainerStats(
    long cpuTotalNanos, long cpuUserNanos, long cpuKernelNanos, long memoryBytes, long processes) {}
