using Gymkhana.Learning.MultiAgent.Messages;
using Gymkhana.Tensors;

namespace Gymkhana.Learning.MultiAgent;

/// <summary>Some moments with the frames that came before each of them, as networks take them. Frames before an episode's beginning are zeros without links.</summary>
internal sealed class TeamRows
{
    private readonly float[][] _seen;
    private readonly float[][] _said;
    private readonly float[] _links;
    private readonly float[] _edges;
    private readonly float[] _state;
    private readonly bool _separate;
    private readonly float[] _deals;
    private bool _isDealt;

    public TeamRows(TeamLayout layout, int capacity)
    {
        Layout = layout;
        int frames = layout.Description.Frames;
        _separate = layout.IsDelayed || frames > 1;
        _seen = [.. layout.Members.Select(m => new float[capacity * m.Agents * m.Size])];
        _said = [.. layout.Members.Select(m => new float[_separate && m.FirstTalker >= 0 ? checked(capacity * frames * m.Agents * m.Size) : 0])];
        _links = new float[capacity * frames * layout.Talkers * layout.Talkers];
        _edges = new float[checked(capacity * frames * layout.EdgeSize)];
        _state = new float[capacity * layout.StateSize];
        _deals = new float[capacity * layout.Talkers * layout.Talkers];
    }

    public TeamLayout Layout { get; }

    public int Count { get; private set; }

    /// <summary>Whether what is said is something else than what is seen now.</summary>
    public bool SaidDiffers => _separate;

    /// <summary>Takes some moments.</summary>
    public void Gather(TeamMoments moments, ReadOnlySpan<int> rows)
    {
        Count = rows.Length;
        _isDealt = false;
        int frames = Layout.Description.Frames, talkers = Layout.Talkers * Layout.Talkers;
        for (int i = 0; i < rows.Length; i++)
        {
            for (int m = 0; m < _seen.Length; m++)
            {
                Copy(moments.Seen[m], rows[i], _seen[m], i, Layout.Members[m].Agents * Layout.Members[m].Size);
            }

            Copy(moments.State, rows[i], _state, i, Layout.StateSize);
            for (int frame = 0; frame < frames && talkers > 0; frame++)
            {
                int back = frames - 1 - frame, to = (i * frames) + frame;
                bool exists = back <= moments.Ages[rows[i]];
                int from = exists ? moments.Earlier(rows[i], back) : -1;
                Copy(moments.Links, from, _links, to, talkers);
                Copy(moments.Edges, from, _edges, to, Layout.EdgeSize);
                for (int m = 0; _separate && m < _said.Length; m++)
                {
                    if (Layout.Members[m].FirstTalker >= 0)
                    {
                        Copy(moments.Heard(m), from, _said[m], to, Layout.Members[m].Agents * Layout.Members[m].Size);
                    }
                }
            }
        }
    }

    /// <summary>Lets nobody hear anybody.</summary>
    public void Cut()
    {
        Array.Clear(_links);
        Array.Clear(_edges);
    }

    /// <summary>Lets each talker be heard with the words of another, in one moment.</summary>
    /// <param name="row">The moment.</param>
    /// <param name="deal">Whose words each talker's are taken for.</param>
    public void Deal(int row, ReadOnlySpan<int> deal)
    {
        _isDealt = true;
        int size = deal.Length * deal.Length;
        Array.Clear(_deals, row * size, size);
        for (int i = 0; i < deal.Length; i++)
        {
            _deals[(row * size) + (i * deal.Length) + deal[i]] = 1;
        }
    }

    /// <summary>What the agents of a group see, [R · agents, size].</summary>
    public Tensor Seen(Tape tape, int member)
    {
        TeamMembers m = Layout.Members[member];
        return tape.Constant(new Shape(Count * m.Agents, m.Size), _seen[member].AsSpan(0, Count * m.Agents * m.Size));
    }

    /// <summary>What the messages that they send are made of, [R · K · agents, size].</summary>
    public Tensor Said(Tape tape, int member)
    {
        TeamMembers m = Layout.Members[member];
        int rows = Count * Layout.Description.Frames * m.Agents;
        return tape.Constant(new Shape(rows, m.Size), _said[member].AsSpan(0, rows * m.Size));
    }

    /// <summary>Who hears whom, and the links' numbers, with the features of those who hear and who speak.</summary>
    public Heard Heard(Tensor own, Tensor said)
    {
        int frames = Layout.Description.Frames, talkers = Layout.Talkers, features = Layout.Description.LinkFeatures;
        Tape tape = own.Tape;
        Tensor words = said.Reshape(Count, frames, talkers, said.Shape[-1]);
        if (_isDealt)
        {
            Tensor deals = tape.Constant(new Shape(Count, 1, talkers, talkers), _deals.AsSpan(0, Count * talkers * talkers));
            words = deals.BroadcastTo(new Shape(Count, frames, talkers, talkers)).MatMul(words);
        }

        return new Heard(
            own,
            words,
            tape.Constant(new Shape(Count, frames, talkers, talkers), _links.AsSpan(0, Count * frames * talkers * talkers)),
            tape.Constant(new Shape(Count, frames, talkers, talkers, features), _edges.AsSpan(0, Count * frames * Layout.EdgeSize)));
    }

    /// <summary>The whole state, [R, size].</summary>
    public Tensor State(Tape tape) => tape.Constant(new Shape(Count, Layout.StateSize), _state.AsSpan(0, Count * Layout.StateSize));

    private static void Copy(float[] source, int row, float[] destination, int to, int size)
    {
        Span<float> target = destination.AsSpan(to * size, size);
        if (row < 0)
        {
            target.Clear();
            return;
        }

        source.AsSpan(row * size, size).CopyTo(target);
    }
}
