"""How the models in assets/models were made: data reading, the scene painter, the training loops."""
