namespace Gymkhana.Environments.Particle;

/// <summary>Numbers of an observation that depend on who is nearest, and so are found copy by copy.</summary>
internal unsafe interface ILaneView
{
    /// <summary>Writes the view of one copy.</summary>
    /// <param name="block">The copy's block.</param>
    /// <param name="lane">Its place in it.</param>
    /// <param name="destination">The observation's first number.</param>
    /// <param name="stride">Distance of features, floats.</param>
    void Write(double* block, int lane, float* destination, int stride);
}
