package io.gardencell.api.spi;

/** A mapped port; both 1..65535. */
public record PortForward(int hostPort, int containerPort) {}
