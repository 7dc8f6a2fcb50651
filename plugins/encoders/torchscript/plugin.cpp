// encoder/torchscript: any network that PyTorch saved as TorchScript.
#include "shoal/plugin.h"

#include "torchscript.h"

SHOAL_PLUGIN("torchscript", "0.1.0", "a network that PyTorch saved as TorchScript") {
  plugin.add<TorchScript, TorchScriptParams>("encoder/torchscript").random();
}
