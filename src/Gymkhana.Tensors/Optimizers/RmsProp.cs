using System.Runtime.CompilerServices;
using Gymkhana.Core.Simd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Tensors.Optimizers;

/// <summary>
/// RMSProp (Hinton 2012): s ← α s + (1 − α) g², θ ← θ − η g / (√s + ε); centred (Graves 2013), √(s − a²) with a the running mean of
/// g; with momentum μ, b ← μ b + g / (√s + ε) and the step is along b. ε is added outside the root, as torch.optim.RMSprop does.
/// </summary>
public sealed class RmsProp : Optimizer
{
    private readonly double _alpha;
    private readonly double _epsilon;
    private readonly double _momentum;
    private readonly double _weightDecay;
    private readonly bool _centered;
    private RmsPropUpdate _update;

    /// <summary>An optimizer at step 0.</summary>
    /// <param name="parameters">What it changes, such as <see cref="Module.TrainableParameters"/>.</param>
    /// <param name="learningRate">η, at least 0.</param>
    /// <param name="alpha">α, in [0, 1).</param>
    /// <param name="epsilon">ε, at least 0.</param>
    /// <param name="momentum">μ, in [0, 1).</param>
    /// <param name="centered">Whether to subtract the running mean.</param>
    /// <param name="weightDecay">λ, at least 0: λθ is added to g.</param>
    public RmsProp(IReadOnlyList<NamedParameter> parameters, double learningRate = 1e-2, double alpha = 0.99, double epsilon = 1e-8, double momentum = 0, bool centered = false, double weightDecay = 0)
        : base(parameters, learningRate, memories: momentum > 0 ? 3 : centered ? 2 : 1)
    {
        _alpha = Fraction(alpha, nameof(alpha));
        _epsilon = NotNegative(epsilon, nameof(epsilon));
        _momentum = Fraction(momentum, nameof(momentum));
        _centered = centered;
        _weightDecay = NotNegative(weightDecay, nameof(weightDecay));
    }

    private protected override string Kind => "rmsprop";

    private protected override void BeginStep() => _update = new RmsPropUpdate
    {
        Alpha = (float)_alpha,
        Rest = (float)(1 - _alpha),
        Epsilon = (float)_epsilon,
        Momentum = (float)_momentum,
        Decay = (float)_weightDecay,
        MinusRate = (float)-LearningRate,
        Centered = _centered,
    };

    private protected override void Update(Workers? workers, UpdateMemory memory, int count) => Updates.Run(workers, _update, memory, count);
}

/// <summary>The rule of <see cref="RmsProp"/>; memories: s, a, b.</summary>
internal unsafe struct RmsPropUpdate : IUpdate
{
    public float Alpha;
    public float Rest;
    public float Epsilon;
    public float Momentum;
    public float Decay;
    public float MinusRate;
    public bool Centered;

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

        TWide square = TWide.Multiply(TWide.Load(at.First), Alpha) + TWide.Multiply(gradient * gradient, Rest);
        TWide.Store(square, at.First);
        if (Centered)
        {
            TWide mean = TWide.Multiply(TWide.Load(at.Second), Alpha) + TWide.Multiply(gradient, Rest);
            TWide.Store(mean, at.Second);

            // A variance: rounding may take it below 0.
            square = TWide.Max(default, square - (mean * mean));
        }

        TWide direction = gradient / (TWide.Sqrt(square) + TWide.Broadcast(Epsilon));
        if (Momentum != 0)
        {
            direction += TWide.Multiply(TWide.Load(at.Third), Momentum);
            TWide.Store(direction, at.Third);
        }

        TWide.Store(value + TWide.Multiply(direction, MinusRate), at.Values);
    }
}
