namespace Gymkhana.Tensors.Autograd;

/// <summary>One value of a step: its shape, where its elements and its gradient lie. Pooled by the tape; users hold <see cref="Tensor"/>s.</summary>
internal sealed unsafe class Node(Tape tape)
{
    public Tape Tape { get; } = tape;

    public Shape Shape { get; set; }

    /// <summary>Elements, row-major.</summary>
    public float* Values { get; set; }

    /// <summary>The node whose elements these are in another shape: its gradient is theirs too. Null for elements of one's own.</summary>
    public Node? Source { get; set; }

    /// <summary>d loss / d element, row-major; meaningful once <see cref="HasGradient"/>.</summary>
    public float* Gradient
    {
        get => Source is null ? field : Source.Gradient;
        set;
    }

    /// <summary>Whether something a gradient is wanted for went into it.</summary>
    public bool NeedsGradient { get; set; }

    /// <summary>Whether a gradient has arrived.</summary>
    public bool HasGradient
    {
        get => Source is null ? field : Source.HasGradient;
        private set;
    }

    /// <summary>The parameter whose memory this is, or null.</summary>
    public Parameter? Parameter { get; set; }

    /// <summary>The elements in double, on a tape that checks (see <see cref="GradientCheck"/>).</summary>
    public double[]? Exact { get; set; }

    public int Count => Shape.Count;

    public Span<float> Span => new(Values, Count);

    /// <summary>Where to put a gradient.</summary>
    /// <returns>The place, and whether to add to what is there or to write over it.</returns>
    public GradientPlace Place()
    {
        if (!NeedsGradient)
        {
            return default;
        }

        if (Source is not null)
        {
            return Source.Place();
        }

        if (Gradient == null)
        {
            Gradient = Tape.Memory.Rent(Count);
        }

        bool add = Parameter is null ? HasGradient : !Parameter.TakeClearedGradient();
        HasGradient = true;
        return new GradientPlace(Gradient, Count, add);
    }

    public void Clear()
    {
        Source = null;
        Values = null;
        Gradient = null;
        NeedsGradient = false;
        HasGradient = false;
        Parameter = null;
        Exact = null;
    }
}

/// <summary>Where an operation puts the gradient of one of its inputs.</summary>
/// <param name="values">The place, or null when nobody wants this gradient.</param>
/// <param name="count">Its elements.</param>
/// <param name="add">Whether to add to what is there; otherwise its contents are undefined and all of it must be written.</param>
internal readonly unsafe struct GradientPlace(float* values, int count, bool add)
{
    /// <summary>The place, or null when nobody wants this gradient.</summary>
    public float* Values => values;

    /// <summary>Its elements.</summary>
    public int Count => count;

    /// <summary>Whether to add to what is there; otherwise its contents are undefined and all of it must be written.</summary>
    public bool Add => add;

    /// <summary>Whether this gradient is wanted.</summary>
    public bool Wanted => values != null;

    /// <summary>The place, cleared first unless it holds a gradient already: for operations that add here and there.</summary>
    /// <returns>The place, to be added to.</returns>
    public float* ToAddTo()
    {
        if (!add)
        {
            new Span<float>(values, count).Clear();
        }

        return values;
    }
}
