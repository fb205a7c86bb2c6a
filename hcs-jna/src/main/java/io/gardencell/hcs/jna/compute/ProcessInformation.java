package io.gardencell.hcs.jna.compute;

import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;
import org.jspecify.annotations.NullUnmarked;

/**
 * HCS_PROCESS_INFORMATION, 32 bytes: pid and the pipe ends, which are kernel handles of the caller.
 */
@NullUnmarked
@FieldOrder({"processId", "reserved", "stdInput", "stdOutput", "stdError"})
public class ProcessInformation extends Structure {
  public int processId;
  public int reserved;
  public Pointer stdInput;
  public Pointer stdOutput;
  public Pointer stdError;
}
