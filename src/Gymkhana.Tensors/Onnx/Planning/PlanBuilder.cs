using Gymkhana.Tensors.Onnx.Operators;

namespace Gymkhana.Tensors.Onnx.Planning;

/// <summary>
/// Makes a plan for inputs of given shapes: infers every shape, runs what depends on constants only, and lays out the rest in one arena.
/// </summary>
internal sealed class PlanBuilder
{
    private readonly OnnxModel _model;
    private readonly FusedGraph _graph;
    private readonly PlanBudget _budget;
    private readonly Dictionary<string, Operand> _operands = new(StringComparer.Ordinal);
    private readonly List<Operand> _placed = [];
    private readonly List<Action> _actions = [];
    private readonly List<OnnxNode> _actionNodes = [];
    private readonly Operand[] _inputs;

    /// <summary>Begins a plan.</summary>
    /// <param name="model">The model.</param>
    /// <param name="graph">Its nodes after fusion.</param>
    /// <param name="shapes">A shape for each input.</param>
    /// <param name="values">Values for the inputs that decide shapes, others null.</param>
    /// <param name="samples">Size of the batch, for the limits.</param>
    public PlanBuilder(OnnxModel model, FusedGraph graph, int[][] shapes, ConstantTensor?[] values, int samples)
    {
        _model = model;
        _graph = graph;
        _budget = new PlanBudget(model.Limits, samples);
        _inputs = new Operand[shapes.Length];
        OnnxNode boundary = new() { Index = 0, Name = string.Empty, Operator = "Input", Inputs = [], Outputs = [], Attributes = new Dictionary<string, OnnxAttribute>() };
        for (int i = 0; i < shapes.Length; i++)
        {
            OnnxValueSpec spec = model.Inputs[i];
            Operand operand = new(spec.Name, spec.Type, shapes[i], _budget.Count(spec.Type, shapes[i], boundary)) { FirstStep = 0, LastStep = int.MaxValue };
            if (values[i] is { } known)
            {
                operand.Hold(known);
            }
            else
            {
                _placed.Add(operand);
            }

            _inputs[i] = operand;
            _operands.Add(spec.Name, operand);
        }

        foreach ((string name, ConstantTensor constant) in graph.Constants)
        {
            Operand operand = new(name, constant.Type, constant.Shape, constant.Count);
            operand.Hold(constant);
            _operands[name] = operand;
        }
    }

    /// <summary>Makes the plan.</summary>
    /// <returns>The plan, its arena set aside.</returns>
    /// <exception cref="OnnxRefusedException">Shapes or types do not fit, or a limit is passed.</exception>
    /// <exception cref="ValueNeededException">Shapes depend on values of inputs.</exception>
    public OnnxPlan Build()
    {
        for (int step = 0; step < _graph.Nodes.Count; step++)
        {
            Add(_graph.Nodes[step], step);
        }

        Operand[] outputs = new Operand[_model.Outputs.Length];
        for (int i = 0; i < outputs.Length; i++)
        {
            OnnxValueSpec spec = _model.Outputs[i];
            outputs[i] = _operands[spec.Name];
            outputs[i].Root.LastStep = int.MaxValue;
            if (outputs[i].Type != spec.Type)
            {
                throw new OnnxRefusedException($"output {OnnxText.Quote(spec.Name)} is declared as {spec.Type.Name()}, but the graph makes {outputs[i].Type.Name()}. Export the model again.");
            }
        }

        long bytes = ArenaLayout.Place(_placed);
        if (bytes > _budget.ArenaBytes)
        {
            throw new OnnxRefusedException($"its buffers take {bytes} bytes, more than the limit of {_budget.ArenaBytes}. Export a smaller model, or run a smaller batch.");
        }

        return new OnnxPlan(_model, _inputs, outputs, [.. _actions], [.. _actionNodes], _placed, bytes, _budget.Work);
    }

    /// <summary>The inputs of the model that an operand's values come from.</summary>
    public IReadOnlySet<string> Sources(Operand operand)
    {
        Dictionary<string, OnnxNode> makers = new(StringComparer.Ordinal);
        foreach (OnnxNode node in _graph.Nodes)
        {
            foreach (string output in node.Outputs)
            {
                makers[output] = node;
            }
        }

        HashSet<string> seen = new(StringComparer.Ordinal);
        HashSet<string> sources = new(StringComparer.Ordinal);
        Stack<string> open = new([operand.Name]);
        while (open.TryPop(out string? name))
        {
            if (!seen.Add(name) || !_operands.TryGetValue(name, out Operand? one) || one.IsConstant)
            {
                continue;
            }

            if (!makers.TryGetValue(name, out OnnxNode? maker))
            {
                sources.Add(name);
                continue;
            }

            foreach (string input in maker.Inputs)
            {
                open.Push(input);
            }
        }

        return sources;
    }

    private void Add(OnnxNode node, int step)
    {
        Operand?[] inputs = new Operand?[node.Inputs.Length];
        bool known = true;
        for (int i = 0; i < inputs.Length; i++)
        {
            inputs[i] = node.Inputs[i].Length > 0 ? _operands[node.Inputs[i]] : null;
            known &= inputs[i] is null or { IsConstant: true };
        }

        NodeContext context = new(node, _model.Opset, inputs, _budget);
        OperatorSet.Find(node).Plan(context);
        Operand[] made = [.. context.Outputs.OfType<Operand>().Concat(context.Scratches).Where(o => o.Root == o && !o.IsConstant)];
        if (known)
        {
            Fold(context, made);
        }
        else
        {
            _budget.TakeWork(context.Work, node);
            _actions.AddRange(context.Actions);
            _actionNodes.AddRange(Enumerable.Repeat(node, context.Actions.Count));
            foreach (Operand operand in made)
            {
                operand.FirstStep = step;
                operand.LastStep = step;
                _placed.Add(operand);
            }

            foreach (Operand? input in inputs)
            {
                if (input is not null)
                {
                    input.Root.LastStep = Math.Max(input.Root.LastStep, step);
                }
            }
        }

        for (int i = 0; i < node.Outputs.Length; i++)
        {
            if (node.Outputs[i].Length > 0)
            {
                _operands[node.Outputs[i]] = context.Outputs[i]
                    ?? throw node.Refuse($"operator {node.Operator} has no output {i} here. Export the model again.");
            }
        }
    }

    private void Fold(NodeContext context, Operand[] made)
    {
        _budget.TakeFolded(context.Work, context.Node);
        foreach (Operand operand in made)
        {
            _budget.TakeFolded(operand.ByteCount, context.Node);
            operand.Hold(new ConstantTensor(operand.Type, operand.Shape, operand.Count));
        }

        try
        {
            foreach (Action action in context.Actions)
            {
                action();
            }
        }
        catch (OnnxInputException failure)
        {
            throw context.Refuse(failure.Message);
        }
    }
}
