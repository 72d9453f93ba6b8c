using Gymkhana.Tensors.Onnx.Planning;

namespace Gymkhana.Tensors.Onnx;

/// <summary>
/// Runs a model. Plans are made once for each set of input shapes and kept; used by one thread at a time (several sessions may share a
/// model). Same model and inputs, same bits, at any SIMD width.
/// </summary>
public sealed class OnnxSession
{
    private const int KeptPlans = 4;
    private const int MostDecidingInputs = 16;

    // Sizes tried for axes that are open and are not the batch: the smallest that the model's windows fit into is found soon.
    private static readonly int[] TriedSizes = [1, 8, 32, 96, 224];

    private readonly FusedGraph _graph;
    private readonly List<(int[][] Shapes, OnnxPlan Plan)> _plans = [];
    private readonly HashSet<string> _deciding = new(StringComparer.Ordinal);

    /// <summary>Makes a model ready and tries its shapes for a batch of one.</summary>
    /// <param name="model">The model.</param>
    /// <exception cref="OnnxRefusedException">Shapes or types within it do not fit together, or it passes a limit.</exception>
    public OnnxSession(OnnxModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model = model;
        try
        {
            _graph = GraphFusion.Fuse(model);
            Trial = Try();
        }
        catch (OnnxRefusedException refusal)
        {
            throw refusal.Of(model.Origin);
        }
    }

    /// <summary>The model.</summary>
    public OnnxModel Model { get; }

    /// <summary>
    /// Arithmetic operations for one sample: a multiplication and an addition are two, an activation of one number is one. Null when
    /// the shapes depend on the values of inputs, so that nobody knows before a run.
    /// </summary>
    public long? OperationsPerSample => Trial?.Work;

    private OnnxPlan? Trial { get; }

    /// <summary>Reads a model from a file and makes it ready.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limits">What it may ask for.</param>
    /// <returns>The session.</returns>
    /// <exception cref="OnnxRefusedException">It cannot be run.</exception>
    /// <exception cref="Core.Files.FileReadException">It cannot be read.</exception>
    public static OnnxSession Load(string path, OnnxLimits limits) => new(OnnxModel.Load(path, limits));

    /// <summary>The plan for a batch: every open first axis has that size.</summary>
    /// <param name="batch">Number of samples, at least 1.</param>
    /// <returns>The plan; the same one for the same batch.</returns>
    /// <exception cref="OnnxInputException">Other axes are open too, or shapes depend on values of inputs: use <see cref="Run"/>.</exception>
    /// <exception cref="OnnxRefusedException">Shapes do not fit together, or a limit is passed.</exception>
    public OnnxPlan Plan(int batch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        if (_deciding.Count > 0)
        {
            throw new OnnxInputException($"{Model.Origin}: its shapes depend on the values of {string.Join(", ", _deciding.Select(OnnxText.Quote))}. Run it with those inputs instead of planning for a batch.");
        }

        int[][] shapes = new int[Model.Inputs.Length][];
        for (int i = 0; i < shapes.Length; i++)
        {
            shapes[i] = Fill(Model.Inputs[i], batch, -1)
                ?? throw new OnnxInputException($"{Model.Origin}: input {Model.Inputs[i]} has open axes beside the first. Run it with an input, whose shape says how large they are.");
        }

        return Plan(shapes, new ConstantTensor?[shapes.Length]);
    }

    /// <summary>Runs the model on inputs of any shapes that fit it.</summary>
    /// <param name="inputs">A tensor for each input of the model, by name.</param>
    /// <returns>A tensor for each output, by name.</returns>
    /// <exception cref="OnnxInputException">An input is missing, unknown, or has another type or shape than the model declares.</exception>
    /// <exception cref="OnnxRefusedException">Shapes do not fit together, or a limit is passed.</exception>
    public IReadOnlyDictionary<string, OnnxTensor> Run(IReadOnlyDictionary<string, OnnxTensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        int[][] shapes = InputChecks.Shapes(Model, inputs);
        OnnxPlan plan = PlanFor(shapes, inputs);
        for (int i = 0; i < shapes.Length; i++)
        {
            Operand operand = plan.InputOperand(i);
            if (!operand.IsConstant)
            {
                inputs[operand.Name].Bytes.CopyTo(operand.As<byte>());
            }
        }

        plan.Run();
        Dictionary<string, OnnxTensor> outputs = new(StringComparer.Ordinal);
        for (int i = 0; i < Model.Outputs.Length; i++)
        {
            outputs[Model.Outputs[i].Name] = plan.Read(i);
        }

        return outputs;
    }

    private OnnxPlan PlanFor(int[][] shapes, IReadOnlyDictionary<string, OnnxTensor> inputs)
    {
        while (true)
        {
            ConstantTensor?[] values = new ConstantTensor?[shapes.Length];
            for (int i = 0; i < shapes.Length; i++)
            {
                if (_deciding.Contains(Model.Inputs[i].Name))
                {
                    OnnxTensor given = inputs[Model.Inputs[i].Name];
                    values[i] = new ConstantTensor(given.Type, shapes[i], given.Count);
                    given.Bytes.CopyTo(values[i]!.Bytes);
                }
            }

            int before = _deciding.Count;
            try
            {
                return Plan(shapes, values);
            }
            catch (OnnxInputException) when (_deciding.Count > before)
            {
                // Another input turned out to decide shapes; plan again with its values.
            }
        }
    }

    private OnnxPlan Plan(int[][] shapes, ConstantTensor?[] values)
    {
        bool lasting = Array.TrueForAll(values, v => v is null);
        if (lasting)
        {
            foreach ((int[][] known, OnnxPlan plan) in _plans)
            {
                if (Same(known, shapes))
                {
                    return plan;
                }
            }
        }

        OnnxPlan made;
        try
        {
            made = Build(shapes, values);
        }
        catch (OnnxRefusedException refusal)
        {
            throw refusal.Of(Model.Origin);
        }

        if (lasting)
        {
            if (_plans.Count == KeptPlans)
            {
                _plans.RemoveAt(0);
            }

            _plans.Add((shapes, made));
        }

        return made;
    }

    private OnnxPlan Build(int[][] shapes, ConstantTensor?[] values)
    {
        PlanBuilder builder = new(Model, _graph, shapes, values, Samples(shapes));
        try
        {
            return builder.Build();
        }
        catch (ValueNeededException needed)
        {
            int before = _deciding.Count;
            _deciding.UnionWith(builder.Sources(needed.Operand));
            if (_deciding.Count > MostDecidingInputs)
            {
                throw new OnnxRefusedException($"its shapes depend on the values of more than {MostDecidingInputs} inputs. Export the model with fixed shapes.");
            }

            throw _deciding.Count > before
                ? new OnnxInputException($"{Model.Origin}: its shapes depend on the values of {string.Join(", ", _deciding.Select(OnnxText.Quote))}. Run it with those inputs.")
                : new OnnxRefusedException($"the shape of a value cannot be found out before {OnnxText.Quote(needed.Operand.Name)} is computed. Export the model with fixed shapes.");
        }
    }

    private OnnxPlan? Try()
    {
        OnnxRefusedException? first = null;
        foreach (int size in TriedSizes)
        {
            int[][] shapes = [.. Model.Inputs.Select(i => Fill(i, 1, size)!)];
            bool open = Model.Inputs.Any(i => Fill(i, 1, -1) is null);
            try
            {
                return Build(shapes, new ConstantTensor?[shapes.Length]);
            }
            catch (OnnxRefusedException refusal) when (open)
            {
                first ??= refusal;
            }
            catch (OnnxInputException)
            {
                return null;
            }
        }

        throw first!;
    }

    // The batch is the open first axis; a model of one fixed batch has as many samples as that axis says.
    private int Samples(int[][] shapes)
    {
        int samples = 1;
        for (int i = 0; i < shapes.Length; i++)
        {
            if (shapes[i].Length > 0 && Model.Inputs[i].Shape is { Length: > 0 } declared && !declared[0].IsFixed)
            {
                samples = Math.Max(samples, shapes[i][0]);
            }
        }

        return samples;
    }

    private static int[]? Fill(OnnxValueSpec spec, int batch, int other)
    {
        if (spec.Shape is not { } shape)
        {
            return other < 0 ? null : [];
        }

        int[] filled = new int[shape.Length];
        for (int axis = 0; axis < filled.Length; axis++)
        {
            filled[axis] = shape[axis].IsFixed ? shape[axis].Size : axis == 0 ? batch : other;
            if (filled[axis] < 0)
            {
                return null;
            }
        }

        return filled;
    }

    private static bool Same(int[][] left, int[][] right)
    {
        for (int i = 0; i < left.Length; i++)
        {
            if (!left[i].AsSpan().SequenceEqual(right[i]))
            {
                return false;
            }
        }

        return true;
    }
}
