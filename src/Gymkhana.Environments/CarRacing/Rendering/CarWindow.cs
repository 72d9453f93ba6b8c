namespace Gymkhana.Environments.CarRacing.Rendering;

/// <summary>The original's window of 1000×800 with everything in it.</summary>
internal sealed class CarWindow
{
    private readonly WindowGround _ground;
    private readonly WindowCar _car;
    private readonly WindowBar _bar;

    /// <summary>A black window.</summary>
    public CarWindow()
    {
        _ground = new WindowGround(Surface);
        _car = new WindowCar(Surface);
        _bar = new WindowBar(Surface);
    }

    /// <summary>What has been drawn.</summary>
    public CellSurface Surface { get; } = new();

    /// <summary>Draws a picture.</summary>
    /// <param name="car">What it shows.</param>
    /// <param name="showsTraces">Whether to show the traces of skidding wheels, as films do and observations do not.</param>
    public void Draw(CarSnapshot car, bool showsTraces)
    {
        WindowCamera camera = new(car);
        Surface.Clear(WindowColour.Black);
        _ground.Draw(car, camera);
        if (showsTraces)
        {
            _ground.DrawTraces(car, camera);
        }

        _car.Draw(car, camera);
        _bar.Draw(car);
    }
}
