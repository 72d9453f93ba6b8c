using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Tensors.Optimizers;

/// <summary>
/// Gradient descent: θ ← θ − η d with d = g + λθ; with momentum μ, b ← μ b + d and the step is along b, or along d + μ b as
/// Nesterov looks ahead. As torch.optim.SGD.
/// </summary>
public sealed class Sgd : Optimizer
{
    private readonly double _momentum;
    private readonly double _weightDecay;
    private readonly bool _nesterov;
    private SgdUpdate _update;

    /// <summary>An optimizer at step 0.</summary>
    /// <param name="parameters">What it changes, such as <see cref="Module.TrainableParameters"/>.</param>
    /// <param name="learningRate">η, at least 0.</param>
    /// <param name="momentum">μ, in [0, 1).</param>
    /// <param name="weightDecay">λ, at least 0.</param>
    /// <param name="nesterov">Whether to look ahead; needs momentum.</param>
    public Sgd(IReadOnlyList<NamedParameter> parameters, double learningRate, double momentum = 0, double weightDecay = 0, bool nesterov = false)
        : base(parameters, learningRate, memories: momentum > 0 ? 1 : 0)
    {
        _momentum = Fraction(momentum, nameof(momentum));
        _weightDecay = NotNegative(weightDecay, nameof(weightDecay));
        _nesterov = nesterov;
        if (nesterov && momentum == 0)
        {
            throw new ArgumentException("Nesterov's step needs a momentum above 0.", nameof(nesterov));
        }
    }

    private protected override string Kind => "sgd";

    private protected override void BeginStep() => _update = new SgdUpdate
    {
        MinusRate = (float)-LearningRate,
        Decay = (float)_weightDecay,
        Momentum = (float)_momentum,
        Nesterov = _nesterov,
    };

    private protected override void Update(Workers? workers, UpdateMemory memory, int count) => Updates.Run(workers, _update, memory, count);
}

/// <summary>The rule of <see cref="Sgd"/>; memory: b.</summary>
internal unsafe struct SgdUpdate : IUpdate
{
    public float MinusRate;
    public float Decay;
    public float Momentum;
    public bool Nesterov;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Apply<TWide>(UpdateMemory at)
        where TWide : unmanaged, IWide<TWide>
    {
        TWide value = TWide.Load(at.Values);
        TWide direction = TWide.Load(at.Gradient);
        if (Decay != 0)
        {
            direction += TWide.Multiply(value, Decay);
        }

        if (Momentum != 0)
        {
            TWide buffer = TWide.Multiply(TWide.Load(at.First), Momentum) + direction;
            TWide.Store(buffer, at.First);
            direction = Nesterov ? direction + TWide.Multiply(buffer, Momentum) : buffer;
        }

        TWide.Store(value + TWide.Multiply(direction, MinusRate), at.Values);
    }
}
