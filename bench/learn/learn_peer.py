"""The networks of `bench/learn.ts` in PyTorch: the gradient of the mean of y² to all weights, eager, on CPU.

`drive_peer.py` runs it. The folder $LEARN_SPEC holds spec.json, which describes the networks and lists the weights, and
numbers.bin with their float32 values. Before a network is timed, loss and gradients are compared with ours.
"""
import json, os

OPENBLAS = "/usr/lib/x86_64-linux-gnu/openblas-openmp"  # OpenBLAS that shares torch's pool of threads


def env(build, threads):
    n = str(threads)
    return dict(os.environ, OMP_NUM_THREADS=n, OPENBLAS_NUM_THREADS=n, MKL_NUM_THREADS=n, LD_LIBRARY_PATH=OPENBLAS,
                # Memory is not given back to the kernel after every operator: otherwise up to half the time is page faults.
                MALLOC_TRIM_THRESHOLD_="2000000000", MALLOC_MMAP_THRESHOLD_="1000000000")


def main_child(build, threads):
    import numpy as np
    import torch, torch.nn.functional as F
    from quiet import measure
    torch.set_num_threads(threads)
    folder = os.environ["LEARN_SPEC"]
    spec = json.load(open(os.path.join(folder, "spec.json")))
    numbers = np.fromfile(os.path.join(folder, "numbers.bin"), dtype=np.float32)

    def tensor(at):
        count = int(np.prod(at["shape"]))
        return torch.from_numpy(numbers[at["offset"]:at["offset"] + count].copy().reshape(at["shape"]))

    def layers(d, w, image):
        values = {"image": image}
        for layer in d["layers"]:
            x, a = values[layer["inputs"][0]], layer["attributes"]
            if layer["op"] == "Conv":
                top, left, bottom, right = a["pads"]
                pads = (top, left)
                if (top, left) != (bottom, right):
                    x, pads = F.pad(x, (left, right, top, bottom)), 0
                y = F.conv2d(x, w[layer["inputs"][1]], w[layer["inputs"][2]], a["strides"], pads, 1, a["group"])
            elif layer["op"] == "Clip":
                y = F.relu6(x)
            else:
                y = x + values[layer["inputs"][1]]
            values[layer["output"]] = y
        return values[d["output"]]

    def vit(d, w, image):
        n, across, width, heads = image.shape[0], d["side"] // d["patch"], d["width"], d["heads"]
        def linear(x, name): return torch.addmm(w[name + ".bias"], x.reshape(-1, x.shape[-1]), w[name + ".weight"]).view(*x.shape[:-1], -1)
        def norm(x, name): return F.layer_norm(x, (width,), w[name + ".scale"], w[name + ".bias"])
        x = image.reshape(n, 3, across, d["patch"], across, d["patch"]).permute(0, 2, 4, 1, 3, 5).reshape(n, across ** 2, -1)
        x = linear(x, "patches") + w["positions"]
        for i in range(d["depth"]):
            qkv = linear(norm(x, f"{i}.before"), f"{i}.attention.qkv")
            q, k, v = qkv.view(n, -1, 3, heads, width // heads).permute(2, 0, 3, 1, 4)
            scores = torch.softmax((q @ k.transpose(-2, -1)) * (width // heads) ** -0.5, -1)
            x = x + linear((scores @ v).transpose(1, 2).reshape(n, -1, width), f"{i}.attention.out")
            x = x + linear(F.gelu(linear(norm(x, f"{i}.between"), f"{i}.in")), f"{i}.out")
        return norm(x, "last").mean(1)

    kinds = dict(layers=layers, vit=vit)
    for network in spec:
        w = {name: tensor(at).requires_grad_() for name, at in network["weights"].items()}
        image, d = tensor(network["image"]), network["description"]

        def learn():
            y = kinds[d["kind"]](d, w, image)
            loss = (y * y).mean()
            return loss, torch.autograd.grad(loss, list(w.values()))

        loss, grads = learn()
        assert abs(loss.item() - network["loss"]) < 1e-4 * abs(loss.item()), (network["name"], loss.item(), network["loss"])
        largest = max(g.norm().item() for g in grads)
        for (name, g), ours in zip(zip(w, grads), network["norms"]):
            assert abs(g.norm().item() - ours) < 1e-3 * largest, (network["name"], name, g.norm().item(), ours)
        name, flops = network["name"], network["flops"]  # `drive_peer.py` reads both from this frame
        measure(learn, warm=2)
