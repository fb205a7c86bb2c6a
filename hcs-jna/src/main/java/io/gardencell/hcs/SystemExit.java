package io.gardencell.hcs;

/**
 * Why a compute system stopped.
 *
 * @param status 0 for a requested end, else an HCS code such as {@link HcsErrors#UNEXPECTED_EXIT}
 * @param event HCS's own words, for example {@code Out of memory}; empty when it gave none
 */
public record SystemExit(int status, String event) {}
