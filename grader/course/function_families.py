"""Families of functions: losses, derivatives, draws, and the curves between layers."""

from __future__ import annotations

from grader.course.family import Family, functional, layers, tensor

FUNCTIONS: dict[str, Family] = {
    "autograd": Family(
        title={"en": "automatic differentiation", "ko": "자동 미분"},
        names=("torch.autograd", "torch.func", "functorch", ".backward", ".requires_grad_"),
        operators=("_backward", "_make_dual", "_make_dual_copy", "_fw_primal", "_fw_primal_copy"),
        uses=(
            "x.clone().requires_grad_().sum().backward()",
            "torch.autograd.grad((y := x.clone().requires_grad_()).sum(), y)",
            "torch._C._jit_get_operation('aten::grad')",
            "(y := x.clone().requires_grad_()).sin().grad_fn(x)",
            "torch.func.grad(torch.sum)(x)",
            "torch.func.jvp(torch.sin, (x,), (x,))",
            "torch.func.jacrev(torch.sin)(x)",
            "torch.autograd.functional.jacobian(torch.sin, x)",
            "torch.jit.script(_scripted)",
        ),
        replaced=(
            "torch.autograd.functional",
            *(
                f"torch._functorch.eager_transforms.{name}"
                for name in (
                    *("grad_impl", "grad_and_value_impl", "vjp", "_vjp_with_argnums", "jvp"),
                    *("_jvp_with_argnums", "jacrev", "jacfwd", "hessian", "linearize"),
                )
            ),
        ),
        steps=("engine", "scripts"),
    ),
    "cross_entropy": Family(
        title={"en": "torch's cross-entropy", "ko": "torch의 교차 엔트로피"},
        names=(
            *functional("cross_entropy", "linear_cross_entropy"),
            *layers("CrossEntropyLoss", "LinearCrossEntropyLoss"),
        ),
        operators=("cross_entropy_loss",),
        uses=(
            "torch.nn.functional.cross_entropy(x, x)",
            "torch.nn.CrossEntropyLoss()(x, torch.tensor([0, 1]))",
            "torch._C._nn.cross_entropy_loss(x, x)",
        ),
        replaced=("torch.nn.functional.linear_cross_entropy",),
    ),
    "losses": Family(  # of more than two classes
        title={"en": "torch's classification losses", "ko": "torch의 분류 손실 함수"},
        names=(
            *layers("CrossEntropyLoss", "NLLLoss", "NLLLoss2d", "KLDivLoss", "MultiMarginLoss"),
            *layers("MultiLabelMarginLoss", "MultiLabelSoftMarginLoss"),
            *layers("AdaptiveLogSoftmaxWithLoss", "LinearCrossEntropyLoss"),
            *functional("cross_entropy", "linear_cross_entropy", "nll_loss", "kl_div"),
            *functional("multi_margin_loss", "multilabel_margin_loss"),
            *functional("multilabel_soft_margin_loss"),
            *("torch.kl_div", "torch.nn.modules.loss"),
        ),
        operators=(
            *("cross_entropy_loss", "nll_loss", "nll_loss_nd", "nll_loss2d", "nll_loss_forward"),
            *("nll_loss2d_forward", "nll_loss_backward", "nll_loss2d_backward", "kl_div"),
            *("multi_margin_loss", "multi_margin_loss_backward", "multilabel_margin_loss"),
            *("multilabel_margin_loss_forward", "multilabel_margin_loss_backward"),
        ),
        uses=(
            "torch.nn.functional.cross_entropy(x, x)",
            "torch.nn.CrossEntropyLoss()(x, torch.tensor([0, 1]))",
            "torch.nn.NLLLoss()(x, torch.tensor([0, 1]))",
            "torch.nn.functional.kl_div(x, x)",
            "torch.nn.functional.multi_margin_loss(x, torch.tensor([0, 1]))",
            "torch.nn.functional.multilabel_soft_margin_loss(x, x)",
        ),
        replaced=(
            "torch.nn.functional.multilabel_soft_margin_loss",
            "torch.nn.functional.linear_cross_entropy",
        ),
    ),
    "optimisers": Family(
        title={"en": "torch.optim", "ko": "torch.optim"},
        names=("torch.optim",),
        operators=(
            *("_fused_adam", "_fused_adam_", "_fused_adamw", "_fused_adamw_", "_fused_sgd"),
            *("_fused_sgd_", "_fused_adagrad", "_fused_adagrad_"),
        ),
        uses=(
            "torch.optim.SGD([x], lr=0.1)",
            "torch.optim.Adam([x], lr=0.1)",
            "torch.optim._functional.sgd()",
        ),
        replaced=(
            *("torch.optim", "torch.optim.sgd", "torch.optim.adam", "torch.optim.adamw"),
            *("torch.optim.adagrad", "torch.optim.rmsprop", "torch.optim.adadelta"),
            *("torch.optim.adamax", "torch.optim.asgd", "torch.optim.nadam", "torch.optim.radam"),
            *("torch.optim.rprop", "torch.optim._functional", "torch.optim.optimizer.Optimizer"),
        ),
    ),
    "rectifiers": Family(
        title={"en": "torch's ReLU and its relatives", "ko": "torch의 ReLU 계열 함수"},
        names=(
            *layers("ReLU", "ReLU6", "LeakyReLU", "PReLU", "RReLU", "ELU", "CELU", "SELU"),
            *layers("Threshold", "Hardtanh"),
            *functional("relu", "relu_", "relu6", "leaky_relu", "leaky_relu_", "prelu", "rrelu"),
            *functional("rrelu_", "elu", "elu_", "celu", "celu_", "selu", "selu_", "threshold"),
            *functional("threshold_", "hardtanh", "hardtanh_"),
            *(*tensor("relu"), "torch.threshold", "torch.prelu", ".prelu", "torch.celu"),
            *("torch.selu", "torch.rrelu"),
        ),
        operators=(
            *("relu", "relu_", "relu6", "relu6_", "leaky_relu", "leaky_relu_", "prelu", "rrelu"),
            *("rrelu_", "rrelu_with_noise", "rrelu_with_noise_", "rrelu_with_noise_functional"),
            *("_prelu_kernel", "threshold", "threshold_", "hardtanh", "hardtanh_", "elu", "elu_"),
            *("celu", "celu_", "selu", "selu_", "_add_relu", "_add_relu_", "threshold_backward"),
            *("leaky_relu_backward", "_prelu_kernel_backward", "rrelu_with_noise_backward"),
            *("elu_backward", "hardtanh_backward"),
        ),
        uses=(
            "torch.relu(x)",
            "x.relu_()",
            "torch.nn.ReLU()(x)",
            "torch.nn.functional.threshold(x, 0.0, 0.0)",
            "torch.nn.functional.leaky_relu(x, 0.0)",
        ),
    ),
    "samplers": Family(
        title={"en": "drawing with given probabilities", "ko": "확률을 지정한 표본 추출"},
        names=(
            *("torch.multinomial", ".multinomial", "torch.distributions", "random.choices"),
            *("torch.nn.functional.gumbel_softmax", "numpy.random.multinomial"),
            "torch.utils.data.WeightedRandomSampler",
        ),
        operators=("multinomial",),
        uses=(
            "torch.multinomial(x, 1)",
            "torch.distributions.Categorical(x).sample()",
            "torch.nn.functional.gumbel_softmax(x)",
            "random.choices([1, 2], [1, 2])",
            "numpy.random.default_rng(0).choice(2, p=[0.5, 0.5])",
            "numpy.random.choice(2, p=[0.5, 0.5])",
            "numpy.random.RandomState(0).choice(2, p=[0.5, 0.5])",
            "numpy.random.default_rng(0).multinomial(1, [0.5, 0.5])",
        ),
        replaced=(
            "torch.nn.functional.gumbel_softmax",
            "torch.distributions.relaxed_categorical",
        ),
        steps=("weighted",),
    ),
    "scripts": Family(
        title={"en": "TorchScript", "ko": "TorchScript"},
        names=("torch.jit",),
        operators=(),
        uses=("torch.jit.script(_scripted)", "torch.jit.trace(torch.sin, x)"),
        steps=("scripts",),
    ),
    "sigmoids": Family(  # what holds 1 / (1 + exp(-x)) in one call
        title={"en": "torch's sigmoid and its relatives", "ko": "torch의 sigmoid 계열 함수"},
        names=(
            *tensor("sigmoid", "logit"),
            *("torch.special.expit", "torch.special.logit", "torch.special.expit_"),
            *functional("sigmoid", "logsigmoid", "silu", "mish", "softplus", "glu"),
            *functional("binary_cross_entropy_with_logits", "hardsigmoid"),
            *layers("Sigmoid", "LogSigmoid", "SiLU", "Mish", "Softplus", "GLU", "Hardsigmoid"),
            *layers("BCEWithLogitsLoss"),
        ),
        operators=(
            *("sigmoid", "sigmoid_", "sigmoid_backward", "logit", "logit_", "logit_backward"),
            *("special_expit", "special_logit", "_foreach_sigmoid", "_foreach_sigmoid_"),
            *("log_sigmoid", "log_sigmoid_forward", "log_sigmoid_backward", "silu", "silu_"),
            *("silu_backward", "mish", "mish_", "mish_backward", "softplus", "softplus_backward"),
            *("glu", "glu_backward", "glu_jvp", "glu_backward_jvp"),
            *("binary_cross_entropy_with_logits", "hardsigmoid", "hardsigmoid_"),
            "hardsigmoid_backward",
        ),
        uses=(
            "torch.sigmoid(x)",
            "x.sigmoid_()",
            "torch.special.expit(x)",
            "x.logit()",
            "torch.nn.Sigmoid()(x)",
            "torch.nn.functional.logsigmoid(x)",
            "torch.nn.functional.silu(x)",
            "torch._foreach_sigmoid([x])",
        ),
    ),
    "softmax": Family(
        title={"en": "torch's softmax", "ko": "torch의 softmax"},
        names=(
            *("torch.softmax", ".softmax", "torch.log_softmax", ".log_softmax"),
            *("torch.special.softmax", "torch.special.log_softmax"),
            *functional("softmax", "log_softmax", "softmin", "gumbel_softmax"),
            *layers("Softmax", "LogSoftmax", "Softmin", "Softmax2d"),
        ),
        operators=(
            *("softmax", "_softmax", "_softmax_backward_data", "log_softmax", "_log_softmax"),
            *("_log_softmax_backward_data", "special_softmax", "special_log_softmax"),
            *("_safe_softmax", "_masked_softmax", "_masked_softmax_backward", "_sparse_softmax"),
            *("_sparse_softmax_backward_data", "_sparse_log_softmax"),
            *("_sparse_log_softmax_backward_data", "_nested_tensor_softmax_with_shape"),
        ),
        uses=(
            "torch.softmax(x, 0)",
            "x.log_softmax(0)",
            "torch.nn.functional.softmin(x, 0)",
            "torch.special.softmax(x, 0)",
        ),
    ),
}
