package io.gardencell.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.deser.ResolvableDeserializer;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.util.ClassUtil;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads an object into a record with the meaning Go's decoder gives it: keys match in any letter
 * case, unknown keys are skipped without being kept, a null is as good as no key at all, and of a
 * repeated key the later value wins, except that objects merge. The data-binding library's own
 * reader can do none of the merging, because a record is made in one piece.
 *
 * <p>Source: "encoding/json: decode.go". Immutable once resolved, for any thread.
 */
final class RecordReader extends JsonDeserializer<Object> implements ResolvableDeserializer {

  private final JavaType type;
  private final BeanDescription description;
  private final Constructor<?> constructor;
  private final List<Component> components = new ArrayList<>();
  private final Map<String, Component> byKey = new HashMap<>();

  private record Component(
      int index, String key, RecordComponent declared, JsonDeserializer<?> reader) {}

  RecordReader(JavaType type, BeanDescription description) {
    this.type = type;
    this.description = description;
    Class<?>[] parameters =
        java.util.Arrays.stream(type.getRawClass().getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      this.constructor = type.getRawClass().getDeclaredConstructor(parameters);
      this.constructor.setAccessible(true);
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException("record without its constructor: " + type, e);
    }
  }

  @Override
  public void resolve(DeserializationContext context) throws JsonMappingException {
    RecordComponent[] declared = type.getRawClass().getRecordComponents();
    for (int i = 0; i < declared.length; i++) {
      BeanPropertyDefinition property = property(context, declared[i]);
      AnnotatedMember member = property.getConstructorParameter();
      Component component =
          new Component(i, property.getName(), declared[i], reader(context, property, member));
      declared[i].getAccessor().setAccessible(true);
      components.add(component);
      byKey.put(folded(component.key()), component);
    }
  }

  private BeanPropertyDefinition property(DeserializationContext context, RecordComponent component)
      throws JsonMappingException {
    for (BeanPropertyDefinition property : description.findProperties()) {
      if (property.getInternalName().equals(component.getName())
          && property.hasConstructorParameter()) {
        return property;
      }
    }
    return context.reportBadTypeDefinition(
        description, "component '%s' has no JSON name", component.getName());
  }

  private static JsonDeserializer<?> reader(
      DeserializationContext context, BeanPropertyDefinition property, AnnotatedMember member)
      throws JsonMappingException {
    Object named = context.getAnnotationIntrospector().findDeserializer(member);
    return named == null
        ? context.findContextualValueDeserializer(property.getPrimaryType(), null)
        : Objects.requireNonNull(context.deserializerInstance(member, named));
  }

  @Override
  public Object deserialize(JsonParser parser, DeserializationContext context) throws IOException {
    return read(parser, context, new @Nullable Object[components.size()]);
  }

  /** A repeated key: what it leaves out stays as the earlier object had it. */
  @Override
  public Object deserialize(JsonParser parser, DeserializationContext context, Object earlier)
      throws IOException {
    @Nullable Object[] values = new @Nullable Object[components.size()];
    for (Component component : components) {
      try {
        values[component.index()] = component.declared().getAccessor().invoke(earlier);
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new IllegalStateException("unreadable component " + component.declared(), e);
      }
    }
    return read(parser, context, values);
  }

  /** The record of an empty object. */
  @Override
  public Object getNullValue(DeserializationContext context) throws JsonMappingException {
    return make(context.getParser(), new @Nullable Object[components.size()]);
  }

  private Object read(JsonParser parser, DeserializationContext context, @Nullable Object[] values)
      throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw Mismatch.unquotedAt(parser, "an object");
    }
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      Component component = byKey.get(folded(parser.currentName()));
      JsonToken token = parser.nextToken();
      if (component == null) {
        parser.skipChildren();
      } else if (token != JsonToken.VALUE_NULL) {
        int i = component.index();
        values[i] = value(parser, context, component, values[i]);
      }
    }
    return make(parser, values);
  }

  private @Nullable Object value(
      JsonParser parser,
      DeserializationContext context,
      Component component,
      @Nullable Object earlier)
      throws IOException {
    try {
      return earlier != null && isMerging(component.reader(), context)
          ? merged(component.reader(), parser, context, earlier)
          : component.reader().deserialize(parser, context);
    } catch (JsonMappingException e) {
      e.prependPath(type.getRawClass(), component.key());
      throw e;
    }
  }

  private static boolean isMerging(JsonDeserializer<?> reader, DeserializationContext context) {
    return Boolean.TRUE.equals(reader.supportsUpdate(context.getConfig()));
  }

  // A component's reader made the earlier value, so it takes it back.
  @SuppressWarnings("unchecked")
  private static <T> @Nullable T merged(
      JsonDeserializer<T> reader, JsonParser parser, DeserializationContext context, Object earlier)
      throws IOException {
    return reader.deserialize(parser, context, (T) earlier);
  }

  @Override
  public Boolean supportsUpdate(com.fasterxml.jackson.databind.DeserializationConfig config) {
    return true;
  }

  private Object make(JsonParser parser, @Nullable Object[] values) throws JsonMappingException {
    for (Component component : components) {
      Class<?> declared = component.declared().getType();
      if (values[component.index()] == null && declared.isPrimitive()) {
        values[component.index()] = ClassUtil.defaultValue(declared);
      }
    }
    try {
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof GardenException refused) {
        throw refused;
      }
      if (e.getCause() instanceof IllegalArgumentException refused) {
        throw JsonMappingException.from(parser, refused.getMessage(), refused);
      }
      throw new IllegalStateException("constructor of " + type, e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("constructor of " + type, e);
    }
  }

  private static String folded(String key) {
    StringBuilder folded = new StringBuilder(key.length());
    for (int i = 0; i < key.length(); i++) {
      folded.append(Character.toLowerCase(Character.toUpperCase(key.charAt(i))));
    }
    return folded.toString();
  }
}
