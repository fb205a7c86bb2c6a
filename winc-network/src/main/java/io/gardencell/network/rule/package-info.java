/**
 * What Garden's rules and mapped ports are as HNS policies; start at {@link
 * io.gardencell.network.rule.OutboundRules}. Functions of values only: no calls, no state.
 *
 * <p>A package of its own so that the translation can be read, and proven, without the rest.
 */
@NullMarked
package io.gardencell.network.rule;

import org.jspecify.annotations.NullMarked;
