package io.gardencell.hcs.golden;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gardencell.hcs.LayerImport;
import io.gardencell.hcs.ScratchLayers;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Notes calls about layers. */
final class RecordingLayers implements ScratchLayers, LayerImport {

  private final Tape tape;
  private final ScratchLayers scratch;
  private final LayerImport imports;

  RecordingLayers(Tape tape, ScratchLayers scratch, LayerImport imports) {
    this.tape = tape;
    this.scratch = scratch;
    this.imports = imports;
  }

  @Override
  public boolean exists(Path layer) {
    return tape.call("LayerExists", layer.toString(), layer(layer), () -> scratch.exists(layer));
  }

  @Override
  public void create(Path layer, List<Path> parents) {
    ObjectNode args = layer(layer).putNull("parent");
    args.set("descriptors", descriptors(parents));
    tape.change("CreateSandboxLayer", layer.toString(), args, () -> scratch.create(layer, parents));
  }

  @Override
  public void activate(Path layer) {
    change("ActivateLayer", layer, () -> scratch.activate(layer));
  }

  @Override
  public void prepare(Path layer, List<Path> parents) {
    ObjectNode args = layer(layer);
    args.set("descriptors", descriptors(parents));
    tape.change("PrepareLayer", layer.toString(), args, () -> scratch.prepare(layer, parents));
  }

  /** Two calls, for the length and for the text; a fault of 0x0 leaves the text empty. */
  @Override
  public Optional<String> mountPath(Path layer) {
    Optional<String> path = Optional.empty();
    for (boolean buffer : new boolean[] {false, true}) {
      String subject = buffer ? "second" : "first";
      ObjectNode args = layer(layer).put("buffer", buffer);
      Optional<FaultRules.Fault> fault = tape.due("GetLayerMountPath", subject);
      if (fault.isPresent()) {
        tape.add("GetLayerMountPath", args, fault.get().hresult(), Tape.args());
        if (fault.get().hresult() == 0) {
          return Optional.empty();
        }
        throw Tape.refusal("GetLayerMountPath", layer.toString(), fault.get());
      }
      path = tape.call("GetLayerMountPath", "", args, () -> scratch.mountPath(layer));
    }
    return path;
  }

  @Override
  public void unprepare(Path layer) {
    change("UnprepareLayer", layer, () -> scratch.unprepare(layer));
  }

  @Override
  public void deactivate(Path layer) {
    change("DeactivateLayer", layer, () -> scratch.deactivate(layer));
  }

  @Override
  public void destroy(Path layer) {
    change("DestroyLayer", layer, () -> scratch.destroy(layer));
  }

  @Override
  public void expand(Path layer, long bytes) {
    tape.change(
        "ExpandSandboxSize",
        layer.toString(),
        layer(layer).put("size", bytes),
        () -> scratch.expand(layer, bytes));
  }

  @Override
  public String nameToGuid(String name) {
    return tape.call(
        "NameToGuid",
        name,
        Tape.args().put("name", name),
        0,
        () -> imports.nameToGuid(name),
        guid -> Tape.args().put("guid", guid));
  }

  @Override
  public void importLayer(Path layer, Path importFolder, List<Path> parents) {
    ObjectNode args = layer(layer).put("importFolderPath", importFolder.toString());
    args.set("descriptors", descriptors(parents));
    tape.change(
        "ImportLayer",
        layer.toString(),
        args,
        () -> imports.importLayer(layer, importFolder, parents));
  }

  @Override
  public void processBaseImage(Path layer) {
    tape.change(
        "ProcessBaseImage",
        layer.toString(),
        Tape.args().put("path", layer.toString()),
        () -> imports.processBaseImage(layer));
  }

  @Override
  public void processUtilityImage(Path utilityVm) {
    tape.change(
        "ProcessUtilityImage",
        utilityVm.toString(),
        Tape.args().put("path", utilityVm.toString()),
        () -> imports.processUtilityImage(utilityVm));
  }

  private void change(String function, Path layer, Runnable action) {
    tape.change(function, layer.toString(), layer(layer), action);
  }

  private static ObjectNode layer(Path layer) {
    ObjectNode args = Tape.args();
    args.putObject("info").put("Flavour", 1).put("HomeDir", "");
    return args.put("id", layer.toString());
  }

  private ArrayNode descriptors(List<Path> parents) {
    ArrayNode list = GoldenVector.JSON.createArrayNode();
    for (Path parent : parents) {
      list.addObject()
          .put("LayerId", nameToGuid(String.valueOf(parent.getFileName())))
          .put("Flags", 0)
          .put("Path", parent.toString());
    }
    return list;
  }
}
