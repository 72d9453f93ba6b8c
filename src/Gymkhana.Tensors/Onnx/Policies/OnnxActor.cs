using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;

namespace Gymkhana.Tensors.Onnx.Policies;

/// <summary>A model at work in one batch of copies.</summary>
internal sealed class OnnxActor : IActor
{
    private readonly OnnxPlan _plan;
    private readonly ObservationPort _observation;
    private readonly ActionPort _action;
    private readonly MemoryPort[] _memories;
    private readonly int _copies;
    private readonly int _rows;

    public OnnxActor(OnnxPolicy policy, IEnvironment environment, AgentGroup group)
    {
        OnnxModel model = policy.Model;
        if (group.Agents.Length != 1)
        {
            throw new PolicyMismatchException($"'{policy.Name}' acts for one agent, but group '{group.Name}' has {group.Agents.Length}. Choose an environment with one agent.");
        }

        // A batch that is fixed is fixed at 1: the model then runs once for each copy.
        OnnxValueSpec[] memories = [.. model.Inputs.Where(i => MemoryPort.Is(model, i))];
        OnnxValueSpec[] others = [.. model.Inputs.Except(memories)];
        if (others.Length != 1)
        {
            throw new PolicyMismatchException($"'{policy.Name}' has {others.Length} inputs that are not memory ({string.Join(", ", others.Select(o => o.ToString()))}), expected one for the observation. An input m beside an output next_m is memory.");
        }

        _copies = environment.Count;
        _rows = ObservationPort.RowsOf(policy.Name, others[0], group, _copies);
        _plan = new OnnxSession(model).Plan(_rows);
        _observation = new ObservationPort(policy.Name, others[0], _plan, group, _rows);
        _action = ActionPort.For(policy, _plan, group, _rows);
        _memories = [.. memories.Select(m => new MemoryPort(policy.Name, m, _plan, _rows, _copies))];
    }

    public void Reset(ReadOnlySpan<ulong> seeds)
    {
        foreach (MemoryPort memory in _memories)
        {
            memory.Forget();
        }
    }

    public void Act()
    {
        for (int copy = 0; copy < _copies; copy += _rows)
        {
            _observation.Write(copy);
            foreach (MemoryPort memory in _memories)
            {
                memory.Write(copy);
            }

            _plan.Run();
            _action.Read(copy);
            foreach (MemoryPort memory in _memories)
            {
                memory.Keep(copy);
            }
        }
    }

    public void EpisodeEnded(int copy)
    {
        foreach (MemoryPort memory in _memories)
        {
            memory.Forget(copy);
        }
    }
}
