namespace Gymkhana.Learning.MultiAgent;

/// <summary>A kind of thing that is seen, any number of them: landmarks, prey, oneself.</summary>
/// <param name="Name">Its name, that of the part of the observation.</param>
/// <param name="Features">Numbers of one thing, at least 1.</param>
public sealed record EntityKind(string Name, int Features);
