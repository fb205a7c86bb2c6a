/**
 * The part of the OCI runtime specification's {@code config.json} that Windows containers use;
 * start at {@link OciSpec}.
 *
 * <p>A package of its own because these documents belong to neither the wire nor the plugin
 * interfaces: the server writes them, the runtime reads them, the image plugin gives a piece of
 * one. Reading ignores unknown fields and letter case, as the reference does. Knows only JDK and
 * Jackson.
 */
@NullMarked
package io.gardencell.api.oci;

import org.jspecify.annotations.NullMarked;
