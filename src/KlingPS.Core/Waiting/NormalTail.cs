namespace KlingPS.Waiting;

/// <summary>The standard normal distribution, as far as durations need it.</summary>
internal static class NormalTail
{
    private const double RootOfTwoPi = 2.5066282746310002;

    internal static double Density(double z) => Math.Exp(-z * z / 2) / RootOfTwoPi;

    /// <summary>Density over the share beyond; to seven digits for any number.</summary>
    internal static double Hazard(double z)
    {
        double ratio = MillsRatio(Math.Abs(z));
        if (z >= 0)
        {
            return 1 / ratio;
        }

        double density = Density(z);
        return density / (1 - (density * ratio));
    }

    // The share beyond z over the density at z, for z of 0 or more: W. J. Cody's form of erfc as in Numerical Recipes,
    // where the factor e^(-x²) is left out, so that nothing becomes 0/0 far out.
    private static double MillsRatio(double z)
    {
        double t = 1 / (1 + (z / (2 * Math.Sqrt(2))));
        double exponent = -1.26551223 + (t * (1.00002368 + (t * (0.37409196 + (t * (0.09678418 + (t * (-0.18628806
            + (t * (0.27886807 + (t * (-1.13520398 + (t * (1.48851587 + (t * (-0.82215223 + (t * 0.17087277)))))))))))))))));
        return t * Math.Exp(exponent) * RootOfTwoPi / 2;
    }
}
