package io.gardencell.hcs.jna.volume;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import com.sun.jna.WString;
import org.jspecify.annotations.NullUnmarked;

/** oleaut32.dll: BSTR and VARIANT. */
@NullUnmarked
interface OleAut32 extends Library {

  Pointer SysAllocString(WString text);

  void SysFreeString(Pointer bstr);

  void VariantInit(Pointer variant);

  int VariantClear(Pointer variant);
}
