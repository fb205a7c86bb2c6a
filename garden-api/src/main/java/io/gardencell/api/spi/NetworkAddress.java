package io.gardencell.api.spi;

/**
 * Which container a rule is for.
 *
 * @param handle container handle
 * @param externalIp address of the cell, may be empty
 * @param containerIp address of the container, as {@code up} gave it
 */
public record NetworkAddress(String handle, String externalIp, String containerIp) {}
