using Gymkhana.Core.Environments;
using Gymkhana.Core.Spaces;

namespace Gymkhana.Core.Conformance;

/// <summary>
/// Whether a copy whose episode ended shows the start of another one at once. What starts look like is learnt from many fresh seeds; as
/// that is a sample, a finding needs more than half of the ends seen.
/// </summary>
internal sealed class RestartChecks
{
    private const int SampledStarts = 64;

    private readonly IEnvironment _environment;
    private readonly FindingList _findings;
    private readonly FeatureRanges _starts;
    private readonly (double Low, double High)[] _firstFigures;
    private readonly bool _startsVary;
    private readonly ulong[] _firstStart;
    private readonly double[]?[] _figuresAtEnd;
    private readonly int[] _figureRestarts;
    private readonly int[] _figureFailures;
    private readonly HashSet<ulong> _seen = [];
    private int _ends;
    private int _finalIsStart;
    private int _startIsFirst;
    private int _notAStart;

    public RestartChecks(Func<int, IEnvironment> create, IEnvironment environment, FindingList findings)
    {
        _environment = environment;
        _findings = findings;
        _firstStart = [.. Enumerable.Range(0, environment.Count).Select(copy => StepHash.OfObservations(environment, copy, final: false))];
        _figuresAtEnd = new double[]?[environment.Count];
        _figureRestarts = new int[environment.Figures.Features];
        _figureFailures = new int[environment.Figures.Features];

        var sample = new RandomPlay(create(SampledStarts));
        sample.Reset(RandomPlay.Seeds(2 * SampledStarts).AsSpan(SampledStarts));
        _starts = new FeatureRanges(sample.Environment);
        _startsVary = Enumerable.Range(0, SampledStarts).Select(copy => StepHash.OfObservations(sample.Environment, copy, final: false)).Distinct().Count() > SampledStarts / 2;
        sample.Step();
        _firstFigures = [.. Enumerable.Range(0, environment.Figures.Features).Select(i => RangeOf(sample.Environment.Figures, i))];
    }

    /// <summary>Takes in the step just made.</summary>
    public void Observe(int copy, bool ended, int length)
    {
        if (length == 1 && _figuresAtEnd[copy] is double[] before)
        {
            CheckFigures(copy, before);
        }

        _figuresAtEnd[copy] = null;
        ulong start = StepHash.OfObservations(_environment, copy, final: false);
        _seen.Add(start);
        if (ended)
        {
            _ends++;
            _figuresAtEnd[copy] = [.. Enumerable.Range(0, _figureRestarts.Length).Select(i => _environment.Figures[0, i, copy])];
            _finalIsStart += start == StepHash.OfObservations(_environment, copy, final: true) ? 1 : 0;
            _startIsFirst += start == _firstStart[copy] ? 1 : 0;
            _notAStart += _starts.Contain(_environment, copy) ? 0 : 1;
        }
    }

    /// <summary>Judges what was seen.</summary>
    public void Conclude()
    {
        // A world that always looks the same cannot be judged by its looks.
        bool looksVary = _seen.Count > 1;
        _findings.Demand(
            !looksVary || !MostOf(_finalIsStart, _ends),
            EnvironmentChecks.Autoreset,
            $"at {_finalIsStart} of {_ends} ends Observations equal FinalObservations; the first should show the new episode, the second the old one");
        _findings.Demand(
            !MostOf(_notAStart, _ends),
            EnvironmentChecks.Autoreset,
            $"at {_notAStart} of {_ends} ends Observations are none that Reset shows for any of {SampledStarts} seeds; the copy should be reset in the step that ends its episode");
        _findings.Demand(
            !_startsVary || !MostOf(_startIsFirst, _ends),
            EnvironmentChecks.Autoreset,
            $"after {_startIsFirst} of {_ends} ends the copy begins as it did after Reset; its random stream should go on, not start again");
        for (int i = 0; i < _figureRestarts.Length; i++)
        {
            _findings.Demand(
                !MostOf(_figureFailures[i], _figureRestarts[i]),
                EnvironmentChecks.Figures,
                $"figure '{_environment.Spec.Figures[i].Name}' goes on counting in the next episode after {_figureFailures[i]} of {_figureRestarts[i]} ends; it should begin anew");
        }
    }

    private static bool MostOf(int part, int whole) => part > 0 && part * 2 > whole;

    // A figure has begun anew if it looks more like the first step after a Reset than like the end of the episode before.
    private void CheckFigures(int copy, double[] before)
    {
        for (int i = 0; i < before.Length; i++)
        {
            (double low, double high) = _firstFigures[i];
            if (Distance(before[i], low, high) <= high - low)
            {
                continue; // The end looked like a first step too: nothing to tell them apart by.
            }

            double now = _environment.Figures[0, i, copy];
            _figureRestarts[i]++;
            _figureFailures[i] += Distance(now, low, high) > Math.Abs(now - before[i]) ? 1 : 0;
        }
    }

    private static double Distance(double value, double low, double high) => Math.Max(0, Math.Max(low - value, value - high));

    private static (double Low, double High) RangeOf(Batch<double> figures, int feature)
    {
        double low = double.PositiveInfinity;
        double high = double.NegativeInfinity;
        foreach (double value in figures.Lane(feature))
        {
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        }

        return (low, high);
    }

    /// <summary>The values that each feature has in a batch of start observations, widened by as much again at either end.</summary>
    private sealed class FeatureRanges
    {
        // Of pixels a few may always be out of the ordinary.
        private const double AllowedPixels = 0.25;

        private readonly List<(double Low, double High)> _ranges = [];

        public FeatureRanges(IEnvironment environment)
        {
            foreach (AgentGroup group in environment.Groups)
            {
                for (int agent = 0; agent < group.Agents.Length; agent++)
                {
                    for (int feature = 0; feature < group.Observations.Features; feature++)
                    {
                        (double low, double high) = (double.PositiveInfinity, double.NegativeInfinity);
                        for (int copy = 0; copy < environment.Count; copy++)
                        {
                            double value = group.Observations.Read(agent, feature, copy);
                            (low, high) = (Math.Min(low, value), Math.Max(high, value));
                        }

                        _ranges.Add((low - (high - low), high + (high - low)));
                    }
                }
            }
        }

        public bool Contain(IEnvironment environment, int copy)
        {
            int next = 0;
            bool contained = true;
            foreach (AgentGroup group in environment.Groups)
            {
                int outside = 0;
                for (int agent = 0; agent < group.Agents.Length; agent++)
                {
                    for (int feature = 0; feature < group.Observations.Features; feature++)
                    {
                        (double low, double high) = _ranges[next++];
                        double value = group.Observations.Read(agent, feature, copy);
                        outside += value >= low && value <= high ? 0 : 1;
                    }
                }

                double allowed = group.ObservationSpace.ElementType == ElementType.UInt8 ? AllowedPixels : 0;
                contained &= outside <= allowed * group.Agents.Length * group.Observations.Features;
            }

            return contained;
        }
    }
}
