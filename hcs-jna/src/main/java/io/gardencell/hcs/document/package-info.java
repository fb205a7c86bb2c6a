/**
 * The JSON documents of HCS (schema v1) and HNS (v1) as records; start at {@link HcsJson}.
 *
 * <p>A package of its own because there are many of them and they have no behaviour: the interfaces
 * that take and return them are in {@link io.gardencell.hcs}. Component order is wire order; fields
 * are left out when zero or empty unless the record says otherwise; unknown fields are ignored when
 * reading. Knows no JNA.
 */
@NullMarked
package io.gardencell.hcs.document;

import org.jspecify.annotations.NullMarked;
