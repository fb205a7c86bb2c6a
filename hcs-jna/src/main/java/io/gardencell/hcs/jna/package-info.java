/**
 * The host interfaces over the real Windows libraries, by JNA: one interface per DLL and function
 * family.
 *
 * <p>A second package so that JNA has one place to be; nothing above {@link io.gardencell.hcs} sees
 * a type from here.
 */
@NullMarked
package io.gardencell.hcs.jna;

import org.jspecify.annotations.NullMarked;
