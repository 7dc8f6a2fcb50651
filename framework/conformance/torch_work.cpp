#include "framework/conformance/torch_work.h"

#include <algorithm>
#include <set>

#include "shoal/torch/tensor.h"

namespace shoal::host::conformance {

at::Tensor made_up(Context& context, const Shape& shape, std::uint64_t draw) {
  Array out = context.allocate<float>(shape);
  Random random = Random(17).fork(draw);
  auto* values = out.mutable_view().data<float>();
  for (Index i = 0; i < out.size(); ++i) values[i] = static_cast<float>(random.uniform());
  return tensor(std::move(out)).clone();
}

void add(Result& result, const std::string& name, const at::Tensor& tensor) {
  const at::Tensor flat = tensor.detach().to(at::kCPU).contiguous();
  const Shape shape = flat.dim() == 0 ? Shape{1} : Shape(flat.sizes().vec());
  switch (flat.scalar_type()) {
    case at::kFloat: return result.add(name, ConstArray(flat.data_ptr<float>(), shape));
    case at::kDouble: return result.add(name, ConstArray(flat.data_ptr<double>(), shape));
    case at::kLong: return result.add(name, ConstArray(flat.data_ptr<std::int64_t>(), shape));
    default: {
      const at::Tensor wide = flat.to(at::kDouble);
      result.add(name, ConstArray(wide.data_ptr<double>(), shape));
    }
  }
}

void add(Result& result, const std::string& prefix, const NamedTensors& tensors) {
  for (const auto& [name, tensor] : tensors) add(result, prefix + name, tensor);
}

Result state_of(const Module& module) {
  Result out;
  add(out, "", module.state());
  return out;
}

void expect_tensor(const at::Tensor& tensor, std::string_view what, const Shape& shape, at::ScalarType dtype) {
  expect(tensor.defined(), "{} is undefined", what);
  const Shape got(tensor.sizes().vec());
  expect(got == shape, "{} has the shape {}, expected {}", what, to_string(got), to_string(shape));
  expect(tensor.scalar_type() == dtype, "{} is {}, expected {}", what, c10::toString(tensor.scalar_type()),
         c10::toString(dtype));
  expect(tensor.device().is_cpu(), "{} is on {}, expected where the parameters are", what, tensor.device().str());
  Result values;
  add(values, std::string(what), tensor);
  const auto bad = values.not_finite();
  expect(!bad, "{}", bad.value_or(""));
}

void expect_good_state(const Module& module) {
  std::set<std::string> names;
  for (const auto& [name, tensor] : module.state())
    expect(names.insert(name).second, "two of its tensors are called '{}'", name);
  for (const auto& [name, tensor] : module.parameters()) {
    expect(tensor.requires_grad(), "its parameter '{}' wants no gradient: add_parameter sets that", name);
    expect(tensor.scalar_type() == at::kFloat, "its parameter '{}' is {}, expected Float", name,
           c10::toString(tensor.scalar_type()));
  }
  for (const auto& [name, tensor] : module.buffers())
    expect(!tensor.requires_grad(), "its buffer '{}' wants a gradient", name);
  const auto bad = state_of(module).not_finite();
  expect(!bad, "when it is built, {}", bad.value_or(""));
}

void expect_gradients(const Module& module, const at::Tensor& loss) {
  if (module.parameters().empty()) throw Skipped("it has no parameters");
  loss.backward();
  bool any = false;
  for (const auto& [name, tensor] : module.parameters()) {
    expect(tensor.grad().defined(), "no gradient reaches its parameter '{}'", name);
    Result values;
    add(values, "the gradient of " + name, tensor.grad());
    const auto bad = values.not_finite();
    expect(!bad, "{}", bad.value_or(""));
    any = any || tensor.grad().abs().sum().item<double>() > 0;
  }
  expect(any, "the gradients of all its parameters are 0");
}

Cases module_cases(const Subject& subject, const std::function<Module&(Trial&)>& build,
                   const std::function<at::Tensor(Trial&, Module&)>& forward) {
  const Subject* s = &subject;
  const auto output = [forward](Trial& trial, Module& module) {
    Result out;
    add(out, "the result", forward(trial, module));
    return out;
  };
  const auto same = [](const Result& a, const Result& b, std::string_view what) {
    const auto difference = a.difference(b);
    expect(!difference, "{}: {}", what, difference.value_or(""));
  };
  return {
      {"state-is-registered", "parameters want gradients, buffers none; names are told apart",
       [=] {
         Trial trial(*s);
         expect_good_state(build(trial));
       }},
      {"eval-changes-nothing", "in eval mode two calls are alike and its state stays",
       [=] {
         Trial trial(*s);
         Module& module = build(trial);
         module.train(false);
         const Result before = state_of(module);
         const Result first = output(trial, module);
         same(first, output(trial, module), "in eval mode two calls on one input differ");
         same(before, state_of(module), "in eval mode a call changes its state");
       }},
      {"state-round-trip", "with the state of another one, it is as that one",
       [=] {
         Trial trained(*s), fresh(*s, {.another_seed = 99});
         Module& a = build(trained);
         a.train(true);
         static_cast<void>(forward(trained, a));  // running statistics and queues move
         for (const auto& [name, tensor] : a.parameters()) tensor.detach().mul_(1.25);
         a.train(false);
         Module& b = build(fresh);
         b.train(false);
         copy_state(a.state(), b.state());
         same(output(trained, a), output(fresh, b),
              "with the state of another one copied into it, it gives another "
              "result: something is kept outside parameters and buffers");
       }},
      {"training-moves-no-parameter", "a call in training mode changes no parameter",
       [=] {
         Trial trial(*s);
         Module& module = build(trial);
         module.train(true);
         Result before, after;
         add(before, "", module.parameters());
         static_cast<void>(forward(trial, module));
         add(after, "", module.parameters());
         same(before, after, "a call in training mode changes its parameters, which is the optimiser's to do");
       }},
  };
}

}  // namespace shoal::host::conformance
