using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Tensors.Optimizers;

/// <summary>
/// Adam (Kingma and Ba 2015): m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², θ ← θ − η m̂ / (√v̂ + ε), where m̂ = m / (1 − β₁ᵗ)
/// and v̂ = v / (1 − β₂ᵗ). AMSGrad (Reddi et al. 2018) takes the largest v so far. Weight decay λ adds λθ to g. As
/// torch.optim.Adam.
/// </summary>
public class Adam : Optimizer
{
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly double _epsilon;
    private readonly double _weightDecay;
    private readonly bool _amsgrad;
    private readonly bool _decoupled;
    private AdamUpdate _update;

    /// <summary>An optimizer at step 0.</summary>
    /// <param name="parameters">What it changes, such as <see cref="Module.TrainableParameters"/>.</param>
    /// <param name="learningRate">η, at least 0.</param>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε, at least 0.</param>
    /// <param name="weightDecay">λ, at least 0.</param>
    /// <param name="amsgrad">Whether to keep the largest v.</param>
    public Adam(IReadOnlyList<NamedParameter> parameters, double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0, bool amsgrad = false)
        : this(parameters, learningRate, beta1, beta2, epsilon, weightDecay, amsgrad, decoupled: false)
    {
    }

    private protected Adam(IReadOnlyList<NamedParameter> parameters, double learningRate, double beta1, double beta2, double epsilon, double weightDecay, bool amsgrad, bool decoupled)
        : base(parameters, learningRate, memories: amsgrad ? 3 : 2)
    {
        _beta1 = Fraction(beta1, nameof(beta1));
        _beta2 = Fraction(beta2, nameof(beta2));
        _epsilon = NotNegative(epsilon, nameof(epsilon));
        _weightDecay = NotNegative(weightDecay, nameof(weightDecay));
        _amsgrad = amsgrad;
        _decoupled = decoupled;
    }

    private protected override string Kind => (_decoupled ? "adamw" : "adam") + (_amsgrad ? ".amsgrad" : string.Empty);

    private protected override void BeginStep() => _update = new AdamUpdate
    {
        Beta1 = (float)_beta1,
        Rest1 = (float)(1 - _beta1),
        Beta2 = (float)_beta2,
        Rest2 = (float)(1 - _beta2),
        Epsilon = (float)_epsilon,
        MinusStep = (float)(-LearningRate / (1 - Power(_beta1, StepCount))),
        RootScale = (float)(1 / Math.Sqrt(1 - Power(_beta2, StepCount))),
        Decay = _decoupled ? 0 : (float)_weightDecay,
        Keep = _decoupled ? (float)(1 - (LearningRate * _weightDecay)) : 1,
        Amsgrad = _amsgrad,
    };

    private protected override void Update(Workers? workers, UpdateMemory memory, int count) => Updates.Run(workers, _update, memory, count);
}

/// <summary>
/// <see cref="Adam"/> with weight decay that does not pass through the moments (Loshchilov and Hutter 2019): θ ← (1 − ηλ) θ before
/// the step. As torch.optim.AdamW.
/// </summary>
public sealed class AdamW : Adam
{
    /// <summary>An optimizer at step 0.</summary>
    /// <param name="parameters">What it changes, such as <see cref="Module.TrainableParameters"/>.</param>
    /// <param name="learningRate">η, at least 0.</param>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε, at least 0.</param>
    /// <param name="weightDecay">λ, at least 0.</param>
    /// <param name="amsgrad">Whether to keep the largest v.</param>
    public AdamW(IReadOnlyList<NamedParameter> parameters, double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 1e-2, bool amsgrad = false)
        : base(parameters, learningRate, beta1, beta2, epsilon, weightDecay, amsgrad, decoupled: true)
    {
    }
}

/// <summary>The rule of <see cref="Adam"/>; memories: m, v, the largest v.</summary>
internal unsafe struct AdamUpdate : IUpdate
{
    public float Beta1;
    public float Rest1;
    public float Beta2;
    public float Rest2;
    public float Epsilon;
    public float MinusStep;
    public float RootScale;
    public float Decay;
    public float Keep;
    public bool Amsgrad;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Apply<TWide>(UpdateMemory at)
        where TWide : unmanaged, IWide<TWide>
    {
        TWide value = TWide.Load(at.Values);
        TWide gradient = TWide.Load(at.Gradient);
        if (Decay != 0)
        {
            gradient += TWide.Multiply(value, Decay);
        }

        if (Keep != 1)
        {
            value = TWide.Multiply(value, Keep);
        }

        TWide m = TWide.Multiply(TWide.Load(at.First), Beta1) + TWide.Multiply(gradient, Rest1);
        TWide v = TWide.Multiply(TWide.Load(at.Second), Beta2) + TWide.Multiply(gradient * gradient, Rest2);
        TWide.Store(m, at.First);
        TWide.Store(v, at.Second);
        if (Amsgrad)
        {
            v = TWide.Max(TWide.Load(at.Third), v);
            TWide.Store(v, at.Third);
        }

        TWide root = TWide.Multiply(TWide.Sqrt(v), RootScale) + TWide.Broadcast(Epsilon);
        TWide.Store(value + (TWide.Multiply(m, MinusStep) / root), at.Values);
    }
}
