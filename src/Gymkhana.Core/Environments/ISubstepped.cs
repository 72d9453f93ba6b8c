namespace Gymkhana.Core.Environments;

/// <summary>An environment whose step may be several shorter ones of its world, during which an action holds. A film shows each of them.</summary>
public interface ISubstepped
{
    /// <summary>Shorter steps of one step, at least 1.</summary>
    int Substeps { get; }

    /// <summary>Called after each of them but the last, when the copies may be drawn; null at first. What it does must change nothing of the world.</summary>
    Action? BetweenSubsteps { get; set; }
}
