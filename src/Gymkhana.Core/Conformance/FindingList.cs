namespace Gymkhana.Core.Conformance;

/// <summary>Collects findings, a few of each kind: a broken rule is usually broken in every step.</summary>
internal sealed class FindingList
{
    private const int MaxPerCheck = 3;

    private readonly List<ConformanceFinding> _findings = [];

    public IReadOnlyList<ConformanceFinding> Findings => _findings;

    public bool Any => _findings.Count > 0;

    public void Add(string check, string message)
    {
        if (_findings.Count(f => f.Check == check) < MaxPerCheck)
        {
            _findings.Add(new ConformanceFinding(check, message));
        }
    }

    public void Demand(bool condition, string check, string message)
    {
        if (!condition)
        {
            Add(check, message);
        }
    }
}
