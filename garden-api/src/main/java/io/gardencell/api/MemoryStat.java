package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Memory figures in bytes, named as in a Linux control group; Windows fills two of them.
 *
 * @param totalRss commit charge
 * @param totalUsageTowardLimit what counts towards the limit
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record MemoryStat(
    @U64 @JsonProperty("active_anon") long activeAnon,
    @U64 @JsonProperty("active_file") long activeFile,
    @U64 @JsonProperty("cache") long cache,
    @U64 @JsonProperty("hierarchical_memory_limit") long hierarchicalMemoryLimit,
    @U64 @JsonProperty("inactive_anon") long inactiveAnon,
    @U64 @JsonProperty("inactive_file") long inactiveFile,
    @U64 @JsonProperty("mapped_file") long mappedFile,
    @U64 @JsonProperty("pgfault") long pgfault,
    @U64 @JsonProperty("pgmajfault") long pgmajfault,
    @U64 @JsonProperty("pgpgin") long pgpgin,
    @U64 @JsonProperty("pgpgout") long pgpgout,
    @U64 @JsonProperty("rss") long rss,
    @U64 @JsonProperty("total_active_anon") long totalActiveAnon,
    @U64 @JsonProperty("total_active_file") long totalActiveFile,
    @U64 @JsonProperty("total_cache") long totalCache,
    @U64 @JsonProperty("total_inactive_anon") long totalInactiveAnon,
    @U64 @JsonProperty("total_inactive_file") long totalInactiveFile,
    @U64 @JsonProperty("total_mapped_file") long totalMappedFile,
    @U64 @JsonProperty("total_pgfault") long totalPgfault,
    @U64 @JsonProperty("total_pgmajfault") long totalPgmajfault,
    @U64 @JsonProperty("total_pgpgin") long totalPgpgin,
    @U64 @JsonProperty("total_pgpgout") long totalPgpgout,
    @U64 @JsonProperty("total_rss") long totalRss,
    @U64 @JsonProperty("total_unevictable") long totalUnevictable,
    @U64 @JsonProperty("unevictable") long unevictable,
    @U64 @JsonProperty("swap") long swap,
    @U64 @JsonProperty("hierarchical_memsw_limit") long hierarchicalMemswLimit,
    @U64 @JsonProperty("total_swap") long totalSwap,
    @U64 @JsonProperty("TotalUsageTowardLimit") long totalUsageTowardLimit,
    @U64 @JsonProperty("anon") long anon,
    @U64 @JsonProperty("file") long file,
    @U64 @JsonProperty("swapcached") long swapcached) {

  /** The figures of a Windows container: its commit charge. */
  public static MemoryStat ofCommit(long bytes) {
    return new MemoryStat(
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, bytes, 0, 0, 0, 0, 0,
        bytes, 0, 0, 0);
  }
}
