using Gymkhana.Core.Environments;

namespace Gymkhana.Core.Conformance;

/// <summary>Whether the inner state is described rightly, is written when it is asked for and only then, and does no harm.</summary>
internal static class StateChecks
{
    private const string Check = EnvironmentChecks.State;
    private const double Marker = -987654321;

    public static void Run(Func<int, IEnvironment> create, int steps, FindingList findings)
    {
        IEnvironment environment = create(3);
        findings.Demand(!environment.RecordsState, Check, "RecordsState is on in a new environment; it should be off, as it costs time");
        CheckShapes(environment, findings);
        CheckRefreshing(new RandomPlay(environment), steps, findings);
        CheckHarmless(create, steps, findings);
    }

    private static void CheckShapes(IEnvironment environment, FindingList findings)
    {
        findings.Demand(environment.State.Select(f => f.Name).Distinct().Count() == environment.State.Length, Check, "two state fields have the same name");
        foreach (StateField field in environment.State)
        {
            int size = field.Shape.Aggregate(1, (product, axis) => product * axis);
            findings.Demand(
                size == field.Values.Features && field.Values.Count == environment.Count,
                Check,
                $"field '{field.Name}' has shape [{string.Join(", ", field.Shape)}], but holds {field.Values.Features} numbers for {field.Values.Count} copies");
            findings.Demand(
                field.Name.Length > 0 && field.Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_'),
                Check,
                $"field '{field.Name}' needs a name in snake_case");
        }
    }

    private static void CheckRefreshing(RandomPlay play, int steps, FindingList findings)
    {
        IEnvironment environment = play.Environment;
        environment.RecordsState = false;
        play.Reset(RandomPlay.Seeds(3));
        Mark(environment);
        for (int step = 0; step < steps; step++)
        {
            play.Step();
        }

        foreach (StateField field in environment.State)
        {
            findings.Demand(IsMarked(field, all: true), Check, $"field '{field.Name}' is written although RecordsState is off");
        }

        environment.RecordsState = true;
        Mark(environment);
        play.Reset(RandomPlay.Seeds(3));
        DemandWritten(environment, "Reset", findings);
        Mark(environment);
        play.Step();
        DemandWritten(environment, "Step", findings);
    }

    private static void DemandWritten(IEnvironment environment, string by, FindingList findings)
    {
        foreach (StateField field in environment.State)
        {
            findings.Demand(!IsMarked(field, all: false), Check, $"field '{field.Name}' is not written by {by} although RecordsState is on");
        }
    }

    // Bytes and switches have no value that cannot be theirs, and are not marked.
    private static bool CanMark(StateField field) => field.Values is Batch<double> or Batch<float> or Batch<int>;

    private static void Mark(IEnvironment environment)
    {
        foreach (StateField field in environment.State.Where(CanMark))
        {
            ForEach(field, (agent, feature, copy) => field.Values.Write(agent, feature, copy, Marker));
        }
    }

    // The marker as the field's own type keeps it: single precision rounds it.
    private static bool IsMarked(StateField field, bool all)
    {
        double marker = field.Values is Batch<float> ? (float)Marker : Marker;
        int marked = 0;
        int total = 0;
        ForEach(field, (agent, feature, copy) =>
        {
            marked += field.Values.Read(agent, feature, copy) == marker ? 1 : 0;
            total++;
        });
        return CanMark(field) ? (all ? marked == total : marked > 0) : all;
    }

    private static void ForEach(StateField field, Action<int, int, int> visit)
    {
        for (int agent = 0; agent < field.Values.Agents; agent++)
        {
            for (int feature = 0; feature < field.Values.Features; feature++)
            {
                for (int copy = 0; copy < field.Values.Count; copy++)
                {
                    visit(agent, feature, copy);
                }
            }
        }
    }

    private static void CheckHarmless(Func<int, IEnvironment> create, int steps, FindingList findings)
    {
        var quiet = new RandomPlay(create(3));
        var recorded = new RandomPlay(create(3));
        recorded.Environment.RecordsState = true;
        quiet.Reset(RandomPlay.Seeds(3));
        recorded.Reset(RandomPlay.Seeds(3));
        for (int step = 1; step <= steps; step++)
        {
            quiet.Step();
            recorded.Step();
            for (int copy = 0; copy < 3; copy++)
            {
                bool ended = quiet.Tracker.Ended[copy];
                if (StepHash.Of(quiet.Environment, copy, ended).DifferenceFrom(StepHash.Of(recorded.Environment, copy, ended)) is string kind)
                {
                    findings.Add(Check, $"turning RecordsState on changes the {kind} in step {step}");
                    return;
                }
            }
        }
    }
}
